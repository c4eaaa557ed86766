"""People made for one test: nobody has met them, so tests cannot disturb each other."""

import itertools
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cli.demo.cast import Cast, as_author, as_subject
from cli.demo.visitor import Visitor
from contracts.vocabulary import OID_TEST, Ins
from deploy.dev.authority import VitaleCard
from deploy.dev.people import Login, Patient
from samples import cda

_ids = itertools.count(1)


@dataclass(frozen=True)
class Holder:
    """A patient with a card and an open record."""

    patient: Patient
    card: VitaleCard
    record: str
    login: Login


def new_patient() -> Patient:
    """Somebody with a valid test INS and contacts of their own."""
    number = secrets.randbelow(10**8)
    body = f"28507{number:08d}"
    matricule = f"{body}{97 - int(body) % 97:02d}"
    return Patient(
        name=f"p{number}",
        ins=Ins(matricule, OID_TEST),
        family_name=f"ESSAI-{number}",
        given_names="ALBERTINE",
        birth_date=date(1985, 7, 14),
        sex="F",
        email=f"p{number}@courrier.example",
        mobile=f"+336{number:08d}",
    )


def open_record(cast: Cast, patient: Patient | None = None) -> Holder:
    """A record opened at the pharmacy."""
    bearer = patient or new_patient()
    card = cast.card_for(bearer)
    record = str(cast.logged_in("pharmacist").open_record(cast.vitale_proof(card))["patient_id"])
    login = Login(
        identifier=f"{bearer.name}@carnet",
        password=secrets.token_urlsafe(18),
        email=bearer.email,
        mobile=bearer.mobile,
    )
    return Holder(bearer, card, record, login)


def activate(cast: Cast, holder: Holder) -> Visitor:
    """The holder's own browser, logged in."""
    visitor = Visitor(cast.gateway)
    attempt = visitor.activate(account_of(cast, holder))
    visitor.confirm_account(attempt, cast.code_sent_to(holder.login.email, after=0))
    return visitor


def account_of(cast: Cast, holder: Holder) -> dict[str, str]:
    """What the holder types to open an account, with the card in the reader."""
    return {
        "proof": cast.vitale_proof(holder.card),
        "identifier": holder.login.identifier,
        "password": holder.login.password,
        "email": holder.login.email,
        "mobile": holder.login.mobile,
        "channel": "email",
    }


def authorised(cast: Cast, holder: Holder, name: str = "specialist") -> Visitor:
    """A doctor who has declared the holder's consent."""
    doctor = cast.logged_in(name)
    doctor.declare_consent(holder.record, cast.vitale_proof(holder.card))
    return doctor


def document_for(
    cast: Cast, holder: Holder, *, by: str = "hospital", unique_id: str = "", replaces: str = ""
) -> bytes:
    """A document about the holder that nobody has deposited yet."""
    facts = {
        "patient": as_subject(holder.patient),
        "author": as_author(cast.professional(by)),
        "effective_time": datetime.now(UTC),
        "unique_id": unique_id or new_unique_id(),
    }
    if replaces:
        return cda.imaging(replaces=replaces, **facts)  # type: ignore[arg-type]
    return cda.vsm(**facts)  # type: ignore[arg-type]


def new_unique_id() -> str:
    """An OID no document bears."""
    return f"1.2.250.1.213.1.1.9.97.{secrets.randbelow(10**12)}.{next(_ids)}"
