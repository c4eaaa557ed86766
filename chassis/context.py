"""The context of a handler: actor, time, transaction, pending events, calls to other services, tools."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from chassis import db, outbox
from chassis.access import Access
from chassis.access_rules import AccessRule
from chassis.pending_events import PendingEvents
from chassis.remote import Remote
from chassis.runtime import Runtime
from chassis.tokens import Keyring, Signer
from contracts.audit import EntryMarks, JournalEntry
from contracts.consent.api import Consent
from contracts.consent.decisions import Decide, Decision, Purpose
from contracts.envelope import Actor, Event
from contracts.errors.base import Refusal, Unavailable
from contracts.vocabulary import DocumentId, PatientId

T = TypeVar("T")

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """The description of a unit before it starts.

    `kind`: call, event, timer or transfer. `deadline`: Unix time. `rule`: of its handler. `token`: of the actor, if
    any. `reading`: without a transaction.
    """

    kind: str
    name: str
    deadline: float
    rule: AccessRule
    token: str = ""
    traceparent: str = ""
    reading: bool = False


class RequestContext(Generic[T]):
    """The `ctx` of a handler; each service derives a class with its repositories.

    `tools`: made by the service's `load_tools`, once per process. `now`: the start of the unit, UTC. `access`: for
    the Permit and for what the unit's entry in the journal says.
    """

    def __init__(self, runtime: Runtime, tools: T, actor: Actor, work: UnitOfWork) -> None:
        self.actor = actor
        self.tools = tools
        self.now = datetime.now(UTC)
        self.events = PendingEvents()
        self.access = Access(work.rule, actor, self)
        self._handled: tuple[Event, ...] = ()
        self._runtime = runtime
        self._work = work
        self._transaction = db.Transaction(runtime.engine, reading=work.reading)

    @property
    def connection(self) -> Connection:
        """The connection of the unit's transaction; only the chassis commits it."""
        return self._transaction.connection

    def begin(self) -> None:
        """In a `reading` unit, start a transaction: later writes and the events are committed together."""
        self._transaction.begin()

    @property
    def remote(self) -> Remote:
        """Calls other services with the actor's token."""
        return self._runtime.remote(token=self._work.token, deadline=self._work.deadline)

    @property
    def signer(self) -> Signer:
        """Signs with this service's key."""
        return self._runtime.signer

    @property
    def keyring(self) -> Keyring:
        """The public keys this service trusts."""
        return self._runtime.keyring

    @property
    def countersignature_hours(self) -> int:
        """How long an operator's request waits for a second operator's."""
        return self._runtime.settings.countersignature_hours

    def separate_transaction(self) -> AbstractContextManager[Connection]:
        """A second transaction, committed at the end of the block whatever becomes of the unit."""
        return db.separate_transaction(self._runtime.engine)

    def autocommit(self) -> AbstractContextManager[Connection]:
        """As `separate_transaction`, for a single statement, in one round trip."""
        return db.autocommit(self._runtime.engine)

    def lock(self, what: str, of: object) -> None:
        """Wait for every other unit that locks the same, and keep them waiting until this one has ended.

        Where a handler counts before it inserts: rows that are not there yet cannot be locked.
        """
        self.connection.exec_driver_sql(_LOCK, {"key": f"{what} {of}"})

    def in_background(self, work: Callable[[], object]) -> None:
        """Do something after the answer whose outcome the caller must not learn; its refusal is only logged."""
        self._runtime.in_background(self._work.name, work)

    def decide(self, access: Access, purpose: Purpose, **details: Any) -> Decision:
        """Consent's decision; a service that knows more about the record overrides this."""
        question = Decide(
            patient_id=access.patient_id, purpose=purpose, mode=access.mode, secret=access.secret, **details
        )
        return self.remote(Consent.decide, question)

    def marks_of(self, _patient_id: PatientId, _document_id: DocumentId) -> EntryMarks:
        """The marks of a document that a refused request named; the service that stores them overrides this."""
        return EntryMarks()

    def after_allowed(self) -> None:
        """What follows from every allowed request of a service, in the same transaction; nothing by default."""

    def finish(self) -> None:
        """Write the journal entries and pending events, and commit; called by the chassis."""
        self.after_allowed()
        entries = self.access.allowed(is_call=self._work.kind in {"call", "transfer"})
        self._commit([*self.events.after(refused=False), *entries])

    def entries_of(self, refusal: Refusal) -> Sequence[JournalEntry]:
        """The entries of a refused request, made after what it had done is undone: marks are read as they remain."""
        if isinstance(refusal, Unavailable):
            # Nothing was decided; the connection may have been interrupted.
            return ()
        self._transaction.rollback()
        return self.access.refused(refusal)

    def refuse(self, entries: Sequence[JournalEntry]) -> None:
        """Roll back, then write these entries and the events that a refusal keeps."""
        self._transaction.rollback()
        self._commit([*self.events.after(refused=True), *entries])

    def note_handled(self, events: Iterable[Event]) -> None:
        """The unit acts upon these events of other services."""
        self._handled = tuple(events)

    def _commit(self, events: Sequence[Event]) -> None:
        if events:
            self._transaction.commit(outbox.INSERT, outbox.rows(events, now=self.now))
        else:
            self._transaction.commit()
        self._runtime.relay.note_committed(events, self._handled)

    def undo(self, *, interrupted: bool) -> None:
        """Roll back and drop all events; an interrupted connection is closed."""
        if interrupted:
            self._transaction.abandon()
        else:
            self._transaction.rollback()
