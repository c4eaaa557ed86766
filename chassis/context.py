"""What a handler is given beside its request: who acts, when, database, pending events, other services, tools."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection

from chassis import db, outbox
from chassis.pending_events import PendingEvents
from chassis.remote import Remote
from chassis.runtime import Runtime
from chassis.tokens import Keyring, Signer
from contracts.envelope import Actor, Event

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """What is known of a unit before it starts.

    `kind`: call, event, timer or transfer. `deadline`: Unix time.
    """

    kind: str
    name: str
    deadline: float
    token: str = ""
    traceparent: str = ""
    reading: bool = False


class RequestContext(Generic[T]):
    """The `ctx` of a handler; each service derives its own, which adds its repositories.

    `tools`: what the service's `load_tools` made once per process. `now`: when the unit started, UTC.
    """

    def __init__(self, runtime: Runtime, tools: T, actor: Actor, work: UnitOfWork) -> None:
        self.actor = actor
        self.tools = tools
        self.now = datetime.now(UTC)
        self.events = PendingEvents()
        self._runtime = runtime
        self._work = work
        self._transaction = db.Transaction(runtime.engine, reading=work.reading)

    @property
    def connection(self) -> Connection:
        """The connection of this unit's one transaction; only the chassis commits it."""
        return self._transaction.connection

    def begin(self) -> None:
        """In a unit that reads: what is written from here on, and its events, are committed together."""
        self._transaction.begin()

    @property
    def remote(self) -> Remote:
        """Calls other services on the actor's behalf."""
        return self._runtime.remote(token=self._work.token, deadline=self._work.deadline)

    @property
    def signer(self) -> Signer:
        """Signs in this service's name."""
        return self._runtime.signer

    @property
    def keyring(self) -> Keyring:
        """The signatures this service trusts."""
        return self._runtime.keyring

    def separate_transaction(self) -> AbstractContextManager[Connection]:
        """A second transaction, committed at its end and kept even if this unit refuses."""
        return db.separate_transaction(self._runtime.engine)

    def autocommit(self) -> AbstractContextManager[Connection]:
        """As `separate_transaction`, for a single statement: one round trip."""
        return db.autocommit(self._runtime.engine)

    def finish(self) -> None:
        """Write the pending events and commit."""
        self._commit(self.events.after(refused=False))

    def refuse(self) -> None:
        """Roll back; write the events that a refusal keeps."""
        self._transaction.rollback()
        self._commit(self.events.after(refused=True))

    def _commit(self, events: Sequence[Event]) -> None:
        if events:
            self._transaction.commit(outbox.INSERT, outbox.rows(events, now=self.now))
            self._runtime.relay.wake()
        else:
            self._transaction.commit()

    def undo(self, *, interrupted: bool) -> None:
        """Roll back and drop all events; an interrupted connection is thrown away."""
        if interrupted:
            self._transaction.abandon()
        else:
            self._transaction.rollback()
