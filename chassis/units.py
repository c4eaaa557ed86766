"""Units of work: one transaction, one deadline, one log line; events are written before the commit."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter, time
from typing import Any, TypeVar

import structlog
from eventlet.timeout import Timeout

from chassis import db, metrics, tracing
from chassis.context import RequestContext, UnitOfWork
from chassis.logs import where_raised
from chassis.runtime import Runtime
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors.base import Refusal
from contracts.errors.execution import DeadlineExceeded, ServiceFault, ServiceUnavailable
from contracts.vocabulary import Role

C = TypeVar("C", bound=RequestContext[Any])
Q = TypeVar("Q")
R = TypeVar("R")

MakeContext = Callable[[Actor, UnitOfWork], C]


def service_actor(runtime: Runtime) -> Actor:
    """The service itself, for work without a caller."""
    return Actor(role=Role.SERVICE, subject=runtime.settings.service)


def run(make_context: MakeContext[C], work: UnitOfWork, actor: Actor, request: Q, handle: Callable[[C, Q], R]) -> R:
    """Run a unit of work.

    Raises:
        Refusal: the handler's; its journal entries are durable, everything else is rolled back. Unexpected errors are
            raised as ServiceFault or ServiceUnavailable.
    """
    with observed(work, actor):
        return transact(make_context, work, actor, request, handle)


def transact(
    make_context: MakeContext[C], work: UnitOfWork, actor: Actor, request: Q, handle: Callable[[C, Q], R]
) -> R:
    """The transaction of a unit whose observation outlasts it (`observed`).

    Raises:
        Refusal: as `run`. Unexpected errors are raised unchanged.
    """
    with _time_limit(work.deadline):
        ctx = make_context(actor, work)
        entries: Sequence[JournalEntry] = ()
        try:
            ctx.access.read(request)
            try:
                response = handle(ctx, request)
            except Refusal as refusal:
                entries = ctx.entries_of(refusal)
                raise
            ctx.finish()
        except DeadlineExceeded:
            ctx.undo(interrupted=True)
            raise
        except ServiceUnavailable:
            ctx.undo(interrupted=False)
            raise
        except Refusal:
            ctx.refuse(entries)
            raise
        except Exception:
            ctx.undo(interrupted=False)
            raise
        except BaseException:
            ctx.undo(interrupted=True)
            raise
        return response


@contextmanager
def _time_limit(deadline: float) -> Iterator[None]:
    seconds = deadline - time()
    if seconds <= 0:
        raise DeadlineExceeded
    with Timeout(seconds, DeadlineExceeded()):
        yield


@contextmanager
def rejected(name: str) -> Iterator[None]:
    """Log and count a call that is rejected before its handler runs."""
    try:
        yield
    except Refusal as refusal:
        metrics.UNIT_SECONDS.labels("call", name, "rejected").observe(0)
        structlog.get_logger().info("unit", kind="call", name=name, outcome="rejected", code=refusal.code)
        raise


@contextmanager
def observed(work: UnitOfWork, actor: Actor) -> Iterator[None]:
    """Log and count the unit; unexpected errors become refusals that the caller may see."""
    started = perf_counter()
    outcome, code, where, alarms = "done", "", "", False
    with tracing.span(work.name, work.traceparent) as trace_id:
        try:
            yield
        except Refusal as refusal:
            outcome, code, alarms = "refused", refusal.code, refusal.alarms
            raise
        except Exception as error:
            outcome, where, alarms = "failed", where_raised(error), not db.is_away(error)
            broken = ServiceUnavailable() if db.is_away(error) else ServiceFault()
            code = f"{broken.code}:{type(error).__name__}"
            raise broken from error
        except BaseException:
            # The process stops, or the client of a stream has disconnected.
            outcome = "cut"
            raise
        finally:
            seconds = perf_counter() - started
            metrics.UNIT_SECONDS.labels(work.kind, work.name, outcome).observe(seconds)
            if alarms:
                metrics.ALARMS.labels(code).inc()
            # Successful timers are counted but not logged: most runs have nothing to do.
            if (work.kind, outcome) != ("timer", "done"):
                logger = structlog.get_logger()
                (logger.error if alarms else logger.info)(
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
