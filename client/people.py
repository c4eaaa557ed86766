"""Demo people of one stack with their cards, invented patients, and both as sample documents name them."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from client.errors import ApiError
from client.mailbox import Mailbox
from client.patient import PatientClient
from client.professional import ProfessionalClient
from contracts.vocabulary import OID_TEST, Ins
from deploy.dev import authority, people
from samples.people import SampleAuthor, SamplePatient


@dataclass(frozen=True)
class DemoPeople:
    """The demo people of one stack; `gateway`: its address, `cards`: directory of the test cards."""

    gateway: str
    mailbox: Mailbox
    cards: Path

    def professional(self, name: str) -> people.Professional:
        """A demo professional by card name."""
        return next(person for person in people.PROFESSIONALS if person.name == name)

    def cps_assertion(self, name: str, structure: str = "", software: str = "") -> str:
        """Login assertion of a professional's CPS card, by default with the card's structure and software.

        Raises KeyError if there is no such card.
        """
        card = authority.load_cps(self.cards, name)
        place, program = structure or card.structure, software or card.software
        return authority.cps_assertion(card, f"{self.gateway}/oauth/token", place, program, datetime.now(UTC))

    def logged_in(self, name: str, structure: str = "", software: str = "") -> ProfessionalClient:
        """A client logged in with a demo professional's CPS card; see `cps_assertion`."""
        client = ProfessionalClient(self.gateway)
        client.log_in_with_card(self.cps_assertion(name, structure, software))
        return client

    def logged_in_patient(self, login: people.Login, channel: str = "email") -> PatientClient:
        """A client logged in with password and the code sent by `channel`; TimeoutError if none comes."""
        address = login.mobile if channel == "sms" else login.email
        client, seen = PatientClient(self.gateway), self.mailbox.newest(address)
        attempt = client.start_login(login.identifier, login.password, channel)
        client.finish_login(attempt, self.mailbox.code_sent_to(address, after=seen))
        return client

    def vitale_proof(self, card: authority.VitaleCard) -> str:
        """A proof of presence made now."""
        return authority.vitale_proof(card, self.gateway, datetime.now(UTC))

    def card_for(self, patient: people.Patient) -> authority.VitaleCard:
        """A new carte Vitale for any patient."""
        return authority.mint_vitale(self.cards, patient)

    def new_patient(self, agent: ProfessionalClient) -> tuple[people.Patient, people.Login]:
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


def stranger(model: people.Patient) -> tuple[people.Patient, people.Login]:
    """An invented person without a record, with the model's name and age."""
    number = secrets.randbelow(10**8)
    name = f"adele.{number:08d}"
    patient = replace(
        model,
        name=name,
        ins=ins_of(model.birth_date, number),
        email=f"{name}@courrier.example",
        mobile=f"+336{number:08d}",
    )
    return patient, login_for(patient)


def ins_of(birth_date: date, number: int, oid: str = OID_TEST) -> Ins:
    """A valid INS of a woman, of a test identity by default; `number`: at most eight digits."""
    body = f"2{birth_date:%y%m}{number:08d}"
    return Ins(f"{body}{97 - int(body) % 97:02d}", oid)


def login_for(patient: people.Patient) -> people.Login:
    """A new login, with the patient's addresses."""
    return people.Login(
        identifier=f"{patient.name}@carnet",
        password=secrets.token_urlsafe(18),
        email=patient.email,
        mobile=patient.mobile,
    )


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
