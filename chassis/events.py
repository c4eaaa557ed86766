"""Listening to events: effect and receipt in one transaction, growing pauses after failures, then parking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import time
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import msgspec
import structlog
from kombu import Exchange, Queue
from nameko.extensions import Entrypoint
from pika.exceptions import AMQPError

from chassis import inbox, metrics, units
from chassis.consumer import Consumer
from chassis.runtime import Runtime
from chassis.topology import DEAD_LETTERS, DELIVER, EVENTS, delay_queue, event_queue, event_queue_arguments
from chassis.units import RequestContext, UnitOfWork
from contracts.envelope import Envelope, Event
from contracts.errors import Refusal, Unavailable

E = TypeVar("E", bound=Event)

UNIT_SECONDS = 30.0
"""A handler that takes longer is stopped and tried again."""
CONCURRENCY = 4
"""Messages of one queue a process works on at the same time."""
_PATIENCE = 500
"""Attempts while some other part is away; that is no fault of the message."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Envelope]).decode


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """An event as it arrived: its own id, when it happened, what it says."""

    id: UUID
    at: datetime
    event: E


class EventEntrypoint(Entrypoint):
    """One (service, event) queue and its handler."""

    intake = Consumer()
    runtime = Runtime()

    def __init__(self, event: type[Event], *, concurrency: int, **options: Any) -> None:
        self.event = event
        self.concurrency = concurrency
        super().__init__(**options)

    def setup(self) -> None:
        """Join the consumer before it starts."""
        service = self.container.service_name
        self.queue = Queue(
            event_queue(service, self.event),
            exchange=Exchange(EVENTS, durable=True, type="topic"),
            routing_key=self.event.topic,
            durable=True,
            queue_arguments=event_queue_arguments(service),
        )
        self.intake.register_provider(self)

    def stop(self) -> None:
        """Stop taking events."""
        self.intake.unregister_provider(self)

    def handle_message(self, body: bytes, message: Any) -> None:
        """Run the handler in a worker; what becomes of the message is decided when it has ended."""
        self.container.spawn_worker(self, (body,), {}, handle_result=partial(self._settle, body, message))

    def _settle(self, body: bytes, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None and result is None:
            self.intake.ack_message(message)
            return None, None
        failure = result if isinstance(result, Failure) else Failure("handler_broken", final=True)
        try:
            self._put_off(body, message, failure)
        except (AMQPError, OSError):
            # Given back as it came; the broker parks what comes back too often.
            structlog.get_logger().error("event_not_settled", name=self.event.topic)
            self.intake.requeue_message(message)
            return None, None
        self.intake.ack_message(message)
        return None, None

    def _put_off(self, body: bytes, message: Any, failure: "Failure") -> None:
        publisher = self.runtime.publisher
        attempt = int((message.headers or {}).get("x-attempt", 0)) + 1
        parts = [] if failure.final else _decode(body)
        if len(parts) > 1:
            # One bad event must not hold its neighbours back: from here each goes alone.
            for part in parts:
                publisher.publish(DELIVER, self.queue.name, _encode([part]), {"x-attempt": 0})
            return
        delays = self.runtime.settings.delays
        if not failure.final and attempt <= (_PATIENCE if failure.away else len(delays)):
            pause = delays[min(attempt, len(delays)) - 1]
            metrics.RETRIED.labels(self.queue.name).inc()
            publisher.publish(delay_queue(pause), self.queue.name, body, {"x-attempt": attempt})
            return
        metrics.DEAD_LETTERED.labels(self.queue.name).inc()
        structlog.get_logger().error("event_dead_lettered", name=self.queue.name, code=failure.code, attempt=attempt)
        headers = {"x-queue": self.queue.name, "x-reason": failure.code, "x-attempt": attempt, "x-at": int(time())}
        publisher.publish(DEAD_LETTERS, self.container.service_name, body, headers)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a handler did not take an event; `final`: trying again cannot help, `away`: another part is missing."""

    code: str
    final: bool = False
    away: bool = False


def listen(
    event: type[E],
) -> Callable[[Callable[[Any, RequestContext[E]], None]], Callable[[Any, bytes], Failure | None]]:
    """Take an event, one at a time."""

    def decorate(do: Callable[[Any, RequestContext[E]], None]) -> Callable[[Any, bytes], Failure | None]:
        def each(self: Any, call: RequestContext[tuple[Received[E], ...]]) -> None:
            for received in call.message:
                do(self, call.with_message(received.event, received.id))

        each.__name__ = do.__name__
        return listen_bundle(event)(each)

    return decorate


def listen_bundle(
    event: type[E], *, concurrency: int = CONCURRENCY
) -> Callable[
    [Callable[[Any, RequestContext[tuple[Received[E], ...]]], None]], Callable[[Any, bytes], Failure | None]
]:
    """Take events of a bundled topic together, in one transaction; only those not received before.

    Args:
        at_once: messages a process works on at the same time, where more would only wait for each other's locks.
    """
    decode = msgspec.json.Decoder(event).decode

    def decorate(
        do: Callable[[Any, RequestContext[tuple[Received[E], ...]]], None],
    ) -> Callable[[Any, bytes], Failure | None]:
        def run(self: Any, body: bytes) -> Failure | None:
            return _run(self.runtime, event, decode, partial(do, self), body)

        run.__name__ = do.__name__
        return cast(
            Callable[[Any, bytes], Failure | None], EventEntrypoint.decorator(event, concurrency=concurrency)(run)
        )

    return decorate


def _run(
    runtime: Runtime,
    event: type[E],
    decode: Callable[[bytes | msgspec.Raw], E],
    do: Callable[[RequestContext[tuple[Received[E], ...]]], None],
    body: bytes,
) -> Failure | None:
    queue = event_queue(runtime.settings.service, event)
    try:
        parts = _decode(body)
        received = [Received(one.id, one.occurred_at, decode(one.payload)) for one in parts]
    except msgspec.MsgspecError:
        return Failure("event.unreadable", final=True)
    work = UnitOfWork(
        kind="event",
        name=queue,
        deadline=time() + UNIT_SECONDS,
        traceparent=parts[0].traceparent if parts else "",
        event_id=parts[0].id if parts else UUID(int=0),
    )
    try:
        units.run(runtime, work, units.service_actor(runtime), tuple(received), partial(_once, queue, do, received))
    except Refusal as refusal:
        return Failure(refusal.code, away=isinstance(refusal, Unavailable) and refusal.code != "service.fault")
    return None


def _once(
    queue: str,
    do: Callable[[RequestContext[tuple[Received[E], ...]]], None],
    received: Sequence[Received[E]],
    call: RequestContext[tuple[Received[E], ...]],
) -> None:
    new = inbox.receive(call.connection, queue, [one.id for one in received])
    fresh = tuple(one for one in received if one.id in new)
    if fresh:
        do(call.with_message(fresh, fresh[0].id))
