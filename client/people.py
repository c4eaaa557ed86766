"""People of the scenarios: demo professionals with their cards, and a patient without a record."""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import requests

from client.api_client import ApiClient, ApiError
from contracts.vocabulary import OID_TEST, Ins
from deploy.dev import authority, people
from samples.people import SampleAuthor, SamplePatient

T = TypeVar("T")

_SECONDS = 20
_CODE = re.compile(r"\b[0-9]{6}\b")


@dataclass(frozen=True)
class DemoPeople:
    """The demo people of one stack."""

    gateway: str
    mailbox: str
    cards: Path

    def professional(self, name: str) -> people.Professional:
        """A demo professional by card name."""
        return next(person for person in people.PROFESSIONALS if person.name == name)

    def logged_in(self, name: str, software: str = "") -> ApiClient:
        """A client logged in with a demo professional's CPS card, by default with the card's software."""
        card = authority.load_cps(self.cards, name)
        audience = f"{self.gateway}/oauth/token"
        client = ApiClient(self.gateway)
        client.log_in_with_card(
            authority.cps_assertion(card, audience, card.structure, software or card.software, datetime.now(UTC))
        )
        return client

    def vitale_proof(self, card: authority.VitaleCard) -> str:
        """A proof of presence made now."""
        return authority.vitale_proof(card, self.gateway, datetime.now(UTC))

    def card_for(self, patient: people.Patient) -> authority.VitaleCard:
        """A new carte Vitale for any patient."""
        return authority.mint_vitale(self.cards, patient)

    def new_patient(self, agent: ApiClient) -> tuple[people.Patient, people.Login]:
        """The demo patient; if they already have a record, an invented person without one."""
        patient = people.PATIENTS[0]
        try:
            agent.find_record(patient.ins.matricule, patient.ins.oid)
        except ApiError:
            return patient, people.load_logins(self.cards)[patient.name]
        return stranger(patient)

    def account_form(self, card: authority.VitaleCard, login: people.Login, channel: str) -> dict[str, str]:
        """The form that activates an account; the code is sent by `channel`."""
        return {
            "proof": self.vitale_proof(card),
            "identifier": login.identifier,
            "password": login.password,
            "email": login.email,
            "mobile": login.mobile,
            "channel": channel,
        }

    def code_sent_to(self, address: str, *, after: int) -> str:
        """The six-digit code in the first message to `address` numbered above `after`."""

        def look() -> str | None:
            for message in self.messages(address):
                found = _CODE.search(message["body"])
                if message["number"] > after and found:
                    return found.group()
            return None

        return wait_for(look, "code")

    def newest_message(self, address: str) -> int:
        """Number of the newest message to an address, 0 if there is none."""
        return max((int(message["number"]) for message in self.messages(address)), default=0)

    def messages(self, address: str) -> list[dict[str, Any]]:
        """Messages to an address, newest first."""
        answer = requests.get(f"{self.mailbox}/messages.json", params={"to": address}, timeout=_SECONDS)
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


def wait_for(look: Callable[[], T | None], what: str, seconds: float = _SECONDS) -> T:
    """Poll `look` until it returns something; TimeoutError(`what`) after `seconds`."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    raise TimeoutError(what)


def stranger(model: people.Patient) -> tuple[people.Patient, people.Login]:
    """An invented person without a record, with the model's name and age."""
    number = secrets.randbelow(10**8)
    body = f"2{model.birth_date:%y%m}{number:08d}"
    matricule = f"{body}{97 - int(body) % 97:02d}"
    name, mobile = f"adele.{number:08d}", f"+336{number:08d}"
    patient = replace(model, name=name, ins=Ins(matricule, OID_TEST), email=f"{name}@courrier.example", mobile=mobile)
    login = people.Login(
        identifier=f"{name}@carnet", password=secrets.token_urlsafe(18), email=patient.email, mobile=mobile
    )
    return patient, login


def as_subject(patient: people.Patient) -> SamplePatient:
    """The patient as sample documents name them."""
    return SamplePatient(
        ins=patient.ins.matricule,
        ins_oid=patient.ins.oid,
        family_name=patient.family_name,
        given_names=patient.given_names,
        birth_date=patient.birth_date,
        sex="F" if patient.sex == "F" else "M",
    )


def as_author(doctor: people.Professional) -> SampleAuthor:
    """A demo doctor as sample documents name them."""
    structure = next(place for place in people.STRUCTURES if place.finess == doctor.structure)
    return SampleAuthor(
        rpps=doctor.rpps,
        family_name=doctor.family_name,
        given_name=doctor.given_names,
        specialty="G15_10/SM26",
        specialty_label="Médecin - Qualifié en Médecine Générale (SM)",
        finess=doctor.structure,
        structure_name=structure.name,
        facility_type="SA01",
        practice_setting="ETABLISSEMENT",
    )
