"""A unit of work: one transaction, one deadline, one log line, its news written before the commit."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter, time
from typing import Generic, TypeVar, cast
from uuid import UUID

import structlog
from eventlet.timeout import Timeout
from sqlalchemy import Connection

from chassis import db, metrics, outbox, tracing
from chassis.logs import where_raised
from chassis.pending_events import PendingEvents
from chassis.remote import Remote
from chassis.runtime import Runtime
from chassis.tokens import Keyring, Signer
from contracts.envelope import Actor, Event
from contracts.errors import DeadlineExceeded, Refusal, ServiceFault, ServiceUnavailable
from contracts.vocabulary import Role

P = TypeVar("P")
Q = TypeVar("Q")
R = TypeVar("R")

_NO_EVENT = UUID(int=0)


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
    event_id: UUID = _NO_EVENT


class RequestContext(Generic[Q]):
    """All that a service method is handed: the message, who acts, now, and its collaborators."""

    def __init__(self, message: Q, actor: Actor, work: UnitOfWork, runtime: Runtime) -> None:
        self.message = message
        self.actor = actor
        self.now = datetime.now(UTC)
        self.events = PendingEvents()
        self.event_id = work.event_id
        self.runtime = runtime
        self._work = work
        self._transaction = db.Transaction(runtime.engine, reading=work.reading)

    @property
    def connection(self) -> Connection:
        """The connection of this unit's one transaction; only the chassis commits it."""
        return self._transaction.connection

    def begin(self) -> None:
        """In a unit that reads: what is written from here on, and the news, happen together."""
        self._transaction.begin()

    @property
    def remote(self) -> Remote:
        """The telephone to other services, on the actor's behalf."""
        return self.runtime.remote(token=self._work.token, deadline=self._work.deadline)

    def with_message(self, message: "P", event_id: UUID) -> "RequestContext[P]":
        """The same unit of work, handed on with a part of its message."""
        other = cast("RequestContext[P]", copy(self))
        other.message = message
        other.event_id = event_id
        return other

    @property
    def signer(self) -> Signer:
        """Signs in this service's name."""
        return self.runtime.signer

    @property
    def keyring(self) -> Keyring:
        """The signatures this service believes."""
        return self.runtime.keyring

    def separate_transaction(self) -> AbstractContextManager[Connection]:
        """A second transaction, committed at once and kept even if this unit refuses."""
        return db.separate_transaction(self.runtime.engine)

    def autocommit(self) -> AbstractContextManager[Connection]:
        """As `separate_transaction`, for a single statement."""
        return db.autocommit(self.runtime.engine)

    def finish(self) -> None:
        """Write the news and commit."""
        self._commit(self.events.after(refused=False))

    def refuse(self) -> None:
        """Undo the work, keep what must be told of the refusal."""
        self._transaction.rollback()
        self._commit(self.events.after(refused=True))

    def _commit(self, events: Sequence[Event]) -> None:
        if events:
            self._transaction.commit(outbox.INSERT, outbox.rows(events, now=self.now))
            self.runtime.relay.wake()
        else:
            self._transaction.commit()

    def undo(self, *, interrupted: bool) -> None:
        """Undo the work; nothing of it is told."""
        if interrupted:
            self._transaction.abandon()
        else:
            self._transaction.rollback()


def service_actor(runtime: Runtime) -> Actor:
    """The service itself, for work nobody asked for."""
    return Actor(role=Role.SERVICE, subject=runtime.settings.service)


def run(runtime: Runtime, work: UnitOfWork, actor: Actor, message: Q, do: Callable[[RequestContext[Q]], R]) -> R:
    """Do one unit of work.

    Raises:
        Refusal: the answer is no; its journal lines are durable, everything else is undone. What breaks
            unexpectedly is raised as ServiceFault or ServiceUnavailable.
    """
    with observed(work, actor):
        return transact(runtime, work, actor, message, do)


def transact(runtime: Runtime, work: UnitOfWork, actor: Actor, message: Q, do: Callable[[RequestContext[Q]], R]) -> R:
    """The transaction of a unit that tells of itself elsewhere, since it goes on after the commit.

    Raises:
        Refusal: as `run`; what breaks unexpectedly is raised as it is.
    """
    with _within(work.deadline):
        call = RequestContext(message, actor, work, runtime)
        try:
            result = do(call)
            call.finish()
        except DeadlineExceeded:
            call.undo(interrupted=True)
            raise
        except ServiceUnavailable:
            call.undo(interrupted=False)
            raise
        except Refusal:
            call.refuse()
            raise
        except Exception:
            call.undo(interrupted=False)
            raise
        except BaseException:
            call.undo(interrupted=True)
            raise
        return result


@contextmanager
def _within(deadline: float) -> Iterator[None]:
    seconds = deadline - time()
    if seconds <= 0:
        raise DeadlineExceeded
    with Timeout(seconds, DeadlineExceeded()):
        yield


@contextmanager
def rejected(name: str) -> Iterator[None]:
    """A caller refused at the door is a line and a figure too."""
    try:
        yield
    except Refusal as refusal:
        metrics.UNIT_SECONDS.labels("call", name, "rejected").observe(0)
        structlog.get_logger().info("unit", kind="call", name=name, outcome="rejected", code=refusal.code)
        raise


@contextmanager
def observed(work: UnitOfWork, actor: Actor) -> Iterator[None]:
    """One canonical line and one figure for the unit; what broke is turned into a refusal the caller may see."""
    started = perf_counter()
    outcome, code, where = "done", "", ""
    with tracing.span(work.name, work.traceparent) as trace_id:
        try:
            yield
        except Refusal as refusal:
            outcome, code = "refused", refusal.code
            raise
        except Exception as error:
            outcome, where = "failed", where_raised(error)
            broken = ServiceUnavailable() if db.is_away(error) else ServiceFault()
            code = f"{broken.code}:{type(error).__name__}"
            raise broken from error
        except BaseException:
            # The process stops, or the one who listened to a stream has left.
            outcome = "cut"
            raise
        finally:
            seconds = perf_counter() - started
            metrics.UNIT_SECONDS.labels(work.kind, work.name, outcome).observe(seconds)
            # A timer's round that went well is a figure, not a line: most of them find nothing to do.
            if (work.kind, outcome) != ("timer", "done"):
                structlog.get_logger().info(
                    "unit",
                    kind=work.kind,
                    name=work.name,
                    outcome=outcome,
                    code=code,
                    where=where,
                    role=actor.role.value,
                    ms=round(seconds * 1000, 2),
                    trace_id=trace_id,
                )
