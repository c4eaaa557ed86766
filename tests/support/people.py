"""New people, records and documents for one test, so that tests do not affect each other."""

import itertools
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from client.api_client import ApiClient
from client.patient import PatientClient
from client.people import DemoPeople, as_author, as_subject, ins_of, login_for
from client.professional import ProfessionalClient
from contracts.ages import anniversary
from contracts.records.documents import Document
from contracts.vocabulary import OID_TEST, Ins, Visibility
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


def new_patient(*, birth_date: date = date(1985, 7, 14), oid: str = OID_TEST) -> Patient:
    """A person with a valid INS, of a test identity by default, and unique contacts."""
    number = secrets.randbelow(10**8)
    return Patient(
        name=f"p{number}",
        ins=ins_of(birth_date, number, oid),
        family_name=f"ESSAI-{number}",
        given_names="ALBERTINE",
        birth_date=birth_date,
        sex="F",
        email=f"p{number}@courrier.example",
        mobile=f"+336{number:08d}",
    )


def new_minor(age: int = 15) -> Patient:
    """A patient who reached this age on 1 January of this year."""
    new_year = date(datetime.now(UTC).year, 1, 1)
    return new_patient(birth_date=anniversary(new_year, -age))


def with_wrong_key(patient: Patient) -> Patient:
    """The same person, with a wrong control key in the matricule."""
    body, key = patient.ins.matricule[:13], int(patient.ins.matricule[13:])
    return replace(patient, ins=Ins(f"{body}{key % 97 + 1:02d}", patient.ins.oid))


def open_record(demo: DemoPeople, patient: Patient | None = None) -> Holder:
    """Open a record at the pharmacy."""
    bearer = patient or new_patient()
    card = demo.card_for(bearer)
    record = demo.logged_in("pharmacist").open_record(demo.vitale_proof(card))
    return Holder(bearer, card, str(record.patient_id), login_for(bearer))


def activate_account(demo: DemoPeople, holder: Holder) -> PatientClient:
    """Activate the holder's account; returns its logged-in client."""
    client = PatientClient(demo.gateway)
    attempt = client.activate(account_form_of(demo, holder))
    client.confirm_account(attempt, demo.mailbox.code_sent_to(holder.login.email, after=0))
    return client


def account_form_of(demo: DemoPeople, holder: Holder) -> dict[str, str]:
    """The form that activates an account, with a proof by the holder's card."""
    return demo.account_form(holder.card, holder.login, "email")


def authorised_doctor(demo: DemoPeople, holder: Holder, name: str = "specialist", **query: str) -> ProfessionalClient:
    """A logged-in demo professional who has declared the holder's consent."""
    doctor = demo.logged_in(name)
    doctor.declare_consent(holder.record, demo.vitale_proof(holder.card), **query)
    return doctor


def deposit_new(demo: DemoPeople, holder: Holder, *marks: Visibility, by: str = "hospital", **query: str) -> str:
    """Deposit a new document as a demo professional; returns its id."""
    content = document_for(demo, holder, by=by)
    return str(deposit(demo.logged_in(by), holder, content, *marks, **query).document_id)


def deposit(depositor: ApiClient, holder: Holder, content: bytes, *marks: Visibility, **query: str) -> Document:
    """Deposit with these visibility marks; returns the entry."""
    return depositor.deposit(holder.record, content, marks, **query)


def document_for(
    demo: DemoPeople, holder: Holder, *, by: str = "hospital", unique_id: str = "", replaces: str = ""
) -> bytes:
    """A new CDA document about the holder, with a new unique id by default."""
    header = {
        "patient": as_subject(holder.patient),
        "author": as_author(demo.professional(by)),
        "effective_time": datetime.now(UTC),
        "unique_id": unique_id or new_unique_id(),
    }
    if replaces:
        return cda.imaging(replaces=replaces, **header)  # type: ignore[arg-type]
    return cda.vsm(**header)  # type: ignore[arg-type]


def new_unique_id() -> str:
    """An OID that no document has."""
    return f"1.2.250.1.213.1.1.9.97.{secrets.randbelow(10**12)}.{next(_ids)}"
