"""A journal in a database of its own: appended to by audit's handlers, and changed by somebody with all rights."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any, TypeVar, cast
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from chassis.context import UnitOfWork
from chassis.db import make_engine
from chassis.handlers import ReceivedEvent, Tick, declarations_of
from chassis.units import transact
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.vocabulary import Act, DocumentId, PatientId
from services.audit.archive import Archive
from services.audit.context import AuditContext, AuditTools
from services.audit.domain.faults import Fault
from services.audit.handlers.appending import append
from services.audit.handlers.heads import sign_head
from services.audit.published import PublishedHead
from services.audit.repositories.journal import JournalRepository
from services.audit.repositories.verification import snapshot
from services.audit.sealing import Sealer
from services.audit.settings import AuditSettings
from services.audit.signing import HeadSigner
from services.audit.verification.inspection import TrustAnchors
from services.audit.verification.verify import VerificationResult, verify_journal, verify_patient
from tests.support.databases import migrate_database, temporary_database
from tests.support.handler_harness import BrokerlessRuntime
from tests.unit.audit.builders import DOCTOR, HOLDER, an_entry

Q = TypeVar("Q")

ORIGIN = "carnet.example/journal"
PATIENTS = tuple(PatientId(uuid4()) for _ in range(3))
DOCUMENT = DocumentId(uuid4())
HEADS = (250, 500, 600)
SIZE = 620
_START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


class Ledger:
    """One journal and its keys."""

    def __init__(self, url: str, sealer: Sealer, signer: HeadSigner, published: PublishedHead | None = None) -> None:
        self.url = url
        self.published = published
        self.sealer = sealer
        self.signer = signer

    def append(self, entries: Sequence[JournalEntry], at: datetime) -> None:
        """Append entries as one bundle."""
        events = tuple(ReceivedEvent(id=uuid4(), at=at, event=entry) for entry in entries)
        self._run(append, events, at, self.signer)

    def sign(self, at: datetime, signer: HeadSigner | None = None) -> None:
        """Sign a head over all lines."""
        self._run(sign_head, Tick(), at, signer or self.signer)

    def grow(self, size: int, *, heads: Sequence[int] = (), start: datetime = _START, act: Act | None = None) -> None:
        """Append until the journal has that size, and sign heads at some sizes on the way."""
        with self.transaction() as connection:
            done = JournalRepository(connection).end().size
        for stop in [*(head for head in heads if done < head <= size), size]:
            at = start + timedelta(seconds=done)
            if stop > done:
                self.append([_entry(number, act) for number in range(done, stop)], at)
            if stop in heads:
                self.sign(at)
            done = stop

    def tamper(self, *statements: str, **values: Any) -> None:
        """Change stored rows without firing triggers."""
        with self.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement), values)

    def value(self, query: str, **values: Any) -> Any:
        """One stored value."""
        with self.transaction() as connection:
            return connection.execute(text(query), values).scalar_one()

    def verify(
        self, patient_id: PatientId | None = None, *, outside: str = "", sealed: bool = False, archive: Any = None
    ) -> VerificationResult:
        """As the operator does; `sealed`: without the subject key."""
        anchors = TrustAnchors(verifier=self.signer.verifier, sealer=None if sealed else self.sealer, outside=outside)
        with snapshot(self.url) as repository:
            if patient_id is None:
                return verify_journal(repository, cast("Archive | None", archive), anchors, _silent)
            return verify_patient(repository, cast("Archive | None", archive), anchors, _silent, patient_id)

    def fault(self, patient_id: PatientId | None = None, **options: Any) -> Fault:
        """The fault that verification raises."""
        with pytest.raises(Fault) as found:
            self.verify(patient_id, **options)
        return found.value

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """As the database's superuser."""
        engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg2://"), poolclass=NullPool)
        with engine.begin() as connection:
            yield connection

    def _run(self, handle: Callable[[AuditContext, Q], None], request: Q, at: datetime, signer: HeadSigner) -> None:
        """Run a handler of audit as one unit of work at that time."""
        settings = AuditSettings(head_key=Path(), subject_key_file=Path(), journal_origin=ORIGIN, head_seconds=0)
        tools = AuditTools(settings=settings, sealer=self.sealer, head_signer=signer, published=self.published)
        runtime = BrokerlessRuntime(make_engine(self.url, size=1))

        def context(actor: Actor, work: UnitOfWork) -> AuditContext:
            ctx = AuditContext(runtime, tools, actor, work)
            ctx.now = at
            return ctx

        [declared] = declarations_of(handle)
        work = UnitOfWork(kind="event", name="ledger", deadline=time() + 60, rule=declared.access)
        try:
            transact(context, work, DOCTOR, request, handle)
        finally:
            runtime.engine.dispose()


def new_ledger(url: str) -> Ledger:
    """A journal with new keys in an empty, migrated database."""
    signer = HeadSigner(Ed25519PrivateKey.generate(), ORIGIN)
    return Ledger(url, Sealer(bytes(range(32))), signer)


def copy_of(ledger: Ledger, url: str) -> Ledger:
    """The same journal in a copy of its database; who has all rights also hides that it is one."""
    copy = Ledger(url, ledger.sealer, ledger.signer)
    copy.tamper("UPDATE signing SET instance = instance()")
    return copy


@contextmanager
def database_of(admin_url: str, template: str = "") -> Iterator[str]:
    """A database, dropped afterwards: migrated and empty, or a copy of the template."""
    with temporary_database(admin_url, template or "template0") as url:
        if not template:
            migrate_database(url, "audit")
        yield url


def _entry(number: int, act: Act | None) -> JournalEntry:
    patient_id = PATIENTS[number % len(PATIENTS)]
    if number % 50 == 0:
        return an_entry(patient_id=PATIENTS[0], document_id=DOCUMENT, withheld=True)
    if number % 7 == 0:
        return an_entry(HOLDER, Act.LECTURE_JOURNAL, patient_id=patient_id)
    return an_entry(patient_id=patient_id, act=act or Act.CONSULTATION_LISTE)


def _silent(_done: int, _total: int) -> None:
    pass
