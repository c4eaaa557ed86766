"""The measured record: one patient with 400 documents, two doctors, one of them authorised.

It is made over HTTP, except for the copies of a document, which are SQL rows; so it can also be made on the platform
of another checkout.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg2
from psycopg2.extras import Json, execute_values

from client.api_client import ApiClient
from client.mailbox import Mailbox
from client.people import DemoPeople, as_author, as_subject
from client.professional import ProfessionalClient
from deploy.dev.people import PATIENTS
from samples import cda

DOCUMENTS = 400


@dataclass(frozen=True)
class BenchUsers:
    """Logged-in doctors; their tokens are valid for a quarter of an hour."""

    doctor: ProfessionalClient
    stranger: ApiClient
    depositor: ProfessionalClient


@dataclass(frozen=True)
class Prepared:
    """One record on one platform."""

    demo: DemoPeople
    record: str

    def logged_in(self) -> BenchUsers:
        """The doctors with fresh tokens."""
        return BenchUsers(*map(self.demo.logged_in, ("specialist", "emergency", "hospital")))

    def sample(self, size: int) -> bytes:
        """A new document of about `size` bytes."""
        author = as_author(self.demo.professional("hospital"))
        facts = {"patient": as_subject(PATIENTS[0]), "author": author, "effective_time": datetime.now(UTC)}
        number = f"1.2.250.1.213.1.1.9.98.{uuid4().int % 10**18}"
        return cda.biology(unique_id=number, padding=max(0, size - 16_000), **facts)  # type: ignore[arg-type]


def prepare(*, gateway: str, mailbox: str, cards: Path, records_url: str) -> Prepared:
    """Open the record, authorise the doctor, and fill it.

    `records_url`: of the records service's database.
    """
    demo = DemoPeople(gateway, Mailbox(mailbox), cards)
    card = demo.card_for(PATIENTS[0])
    record = str(demo.logged_in("pharmacist").open_record(demo.vitale_proof(card)).patient_id)
    prepared = Prepared(demo, record)
    people = prepared.logged_in()
    people.doctor.declare_consent(record, demo.vitale_proof(card))
    first = people.depositor.deposit(record, prepared.sample(16_000))
    _copy_document(records_url, record, str(first.document_id))
    return prepared


def _copy_document(url: str, record: str, model: str) -> None:
    """Copy one entry until the record has DOCUMENTS of them; lists do not read the bytes."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM documents WHERE patient_id = %s AND document_id = %s", (record, model))
        names = [column.name for column in cursor.description or ()]
        row = dict(zip(names, cursor.fetchone() or (), strict=True))
        row["facts"] = Json(row["facts"])
        copies = [tuple((row | _unique_values(number)).values()) for number in range(DOCUMENTS - 1)]
        execute_values(cursor, f"INSERT INTO documents ({', '.join(names)}) VALUES %s", copies)
        cursor.execute("COMMIT; ANALYZE documents")


def _unique_values(number: int) -> dict[str, str]:
    """Columns that must differ between documents of a record."""
    fresh = {name: str(uuid4()) for name in ("document_id", "content_id", "entry_uuid")}
    return fresh | {"unique_id": f"copy.{number}"}
