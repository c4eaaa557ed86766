"""A journal in a database of its own: written as audit writes it, and left as somebody with all rights leaves it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import uuid4

import psycopg2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from chassis import migrate
from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.vocabulary import Act, DocumentId, PatientId
from services.audit.archive import Archive
from services.audit.domain.faults import Fault
from services.audit.domain.strands import ReceivedEntry
from services.audit.handlers import writing
from services.audit.handlers.heads import sign_head
from services.audit.handlers.inspection import Trust
from services.audit.handlers.verification import Verified, verify_journal, verify_patient
from services.audit.repositories import AuditRepository
from services.audit.repositories.verification import snapshot
from services.audit.sealing import Sealer
from services.audit.signing import HeadSigner
from tests.unit.audit.builders import HOLDER, an_entry

ORIGIN = "carnet.example/journal"
PATIENTS = tuple(PatientId(uuid4()) for _ in range(3))
DOCUMENT = DocumentId(uuid4())
HEADS = (250, 500, 600)
SIZE = 620
_START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


class GeneratedBundle(NamedTuple):
    """What writing looks at of a unit of work."""

    message: tuple[ReceivedEntry, ...]
    now: datetime


class Ledger:
    """One journal, and the keys it is kept with."""

    def __init__(self, url: str, sealer: Sealer, signer: HeadSigner) -> None:
        self.url = url
        self.sealer = sealer
        self.signer = signer

    def append(self, entries: Sequence[JournalEntry], at: datetime) -> None:
        """Add entries as one bundle."""
        arrived = tuple(ReceivedEntry(event_id=uuid4(), at=at, entry=entry) for entry in entries)
        with self.transaction() as connection:
            bundle = cast(RequestContext[tuple[ReceivedEntry, ...]], GeneratedBundle(arrived, at))
            writing.append(AuditRepository(connection), self.sealer, bundle)

    def sign(self, at: datetime, signer: HeadSigner | None = None) -> None:
        """Sign a head over everything there is."""
        with self.transaction() as connection:
            sign_head(AuditRepository(connection), signer or self.signer, now=at, seconds=0)

    def grow(self, upto: int, *, heads: Sequence[int] = (), start: datetime = _START, act: Act | None = None) -> None:
        """Write until the journal has that size, with heads at some sizes on the way."""
        with self.transaction() as connection:
            size = AuditRepository(connection).end().size
        for stop in [*(head for head in heads if size < head <= upto), upto]:
            at = start + timedelta(seconds=size)
            if stop > size:
                self.append([_entry(number, act) for number in range(size, stop)], at)
            if stop in heads:
                self.sign(at)
            size = stop

    def tamper(self, *statements: str, **values: Any) -> None:
        """Change what is kept behind the back of every trigger."""
        with self.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement), values)

    def value(self, query: str, **values: Any) -> Any:
        """One value of what is kept."""
        with self.transaction() as connection:
            return connection.execute(text(query), values).scalar_one()

    def verify(
        self, patient_id: PatientId | None = None, *, outside: str = "", sealed: bool = False, archive: Any = None
    ) -> Verified:
        """As the operator does; `sealed`: without the key of names."""
        trust = Trust(verifier=self.signer.verifier, sealer=None if sealed else self.sealer, outside=outside)
        with snapshot(self.url) as repository:
            if patient_id is None:
                return verify_journal(repository, cast("Archive | None", archive), trust, _silent)
            return verify_patient(repository, cast("Archive | None", archive), trust, _silent, patient_id)

    def fault(self, patient_id: PatientId | None = None, **how: Any) -> Fault:
        """What verification finds wrong."""
        with pytest.raises(Fault) as found:
            self.verify(patient_id, **how)
        return found.value

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """As the database's superuser."""
        engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg2://"), poolclass=NullPool)
        with engine.begin() as connection:
            yield connection


def new_ledger(url: str) -> Ledger:
    """An empty, migrated database as a journal with fresh keys."""
    signer = HeadSigner(Ed25519PrivateKey.generate(), ORIGIN)
    return Ledger(url, Sealer(bytes(range(32))), signer)


@contextmanager
def database_of(admin_url: str, template: str = "") -> Iterator[str]:
    """A database, gone afterwards: migrated and empty, or as the template is."""
    name = f"ledger_{uuid4().hex[:12]}"
    admin = psycopg2.connect(admin_url)
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            # Nobody may be in the template while it is copied; whoever migrated it may not have gone yet.
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template])
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
        url = admin_url.rpartition("/")[0] + f"/{name}"
        if not template:
            with pytest.MonkeyPatch.context() as environment:
                environment.setenv(migrate.VARIABLE, url)
                migrate.upgrade("services.audit")
        yield url
    finally:
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.close()


def _entry(number: int, act: Act | None) -> JournalEntry:
    patient_id = PATIENTS[number % len(PATIENTS)]
    if number % 50 == 0:
        return an_entry(patient_id=PATIENTS[0], document_id=DOCUMENT, withheld=True)
    if number % 7 == 0:
        return an_entry(HOLDER, Act.LECTURE_JOURNAL, patient_id=patient_id)
    return an_entry(patient_id=patient_id, act=act or Act.CONSULTATION_LISTE)


def _silent(_done: int, _total: int) -> None:
    pass
