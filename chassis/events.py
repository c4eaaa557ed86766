"""Consumption of events: effect and receipt in one transaction, growing delays after failures, dead letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import time
from typing import Any, cast

import msgspec
import structlog
from kombu import Exchange, Queue
from nameko.extensions import Entrypoint
from pika.exceptions import AMQPError

from chassis import inbox, metrics, units
from chassis.consumer import Consumer
from chassis.context import RequestContext, UnitOfWork
from chassis.event_signatures import EventForgedError, check_event
from chassis.handlers import EventHandler, ReceivedEvent
from chassis.runtime import Runtime
from chassis.topology import DEAD_LETTERS, DELIVER, EVENTS, delay_queue, event_queue, event_queue_arguments
from contracts.envelope import Envelope, Event
from contracts.errors.base import Refusal, Unavailable

UNIT_SECONDS = 30.0
"""The timeout of a handler; the event is retried."""
_UNAVAILABLE_ATTEMPTS = 500
"""Attempts while another part is unavailable, which is no fault of the message."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Envelope]).decode


class EventEntrypoint(Entrypoint):
    """The queue of an event of this service, with its handler."""

    consumer = Consumer()
    runtime = Runtime()

    def __init__(self, event: type[Event], *, concurrency: int, **options: Any) -> None:
        self.event = event
        self.concurrency = concurrency
        super().__init__(**options)

    def setup(self) -> None:
        """Register with the consumer before it starts."""
        service = self.container.service_name
        self.queue = Queue(
            event_queue(service, self.event),
            exchange=Exchange(EVENTS, durable=True, type="topic"),
            routing_key=self.event.topic,
            durable=True,
            queue_arguments=event_queue_arguments(service),
        )
        self.consumer.register_provider(self)

    def stop(self) -> None:
        """Take no further message."""
        self.consumer.cancel()

    def handle_message(self, body: bytes, message: Any) -> None:
        """Run the handler in a worker; the message is settled when it has ended."""
        self.container.spawn_worker(self, (body,), {}, handle_result=partial(self._settle, body, message))

    def _settle(self, body: bytes, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None and result is None:
            self.consumer.ack_message(message)
            return None, None
        failure = result if isinstance(result, Failure) else Failure("handler_broken", final=True)
        try:
            self._retry(body, message, failure)
        except (AMQPError, OSError):
            # Requeued unchanged; the broker dead-letters a message that is requeued too often.
            structlog.get_logger().error("event_not_settled", name=self.event.topic)
            self.consumer.requeue_message(message)
            return None, None
        self.consumer.ack_message(message)
        return None, None

    def _retry(self, body: bytes, message: Any, failure: "Failure") -> None:
        publisher = self.runtime.publisher
        attempt = int((message.headers or {}).get("x-attempt", 0)) + 1
        parts = [] if failure.final else _decode(body)
        if len(parts) > 1:
            # A failing event must not delay the others of its message: each is retried by itself.
            for part in parts:
                publisher.publish(DELIVER, self.queue.name, _encode([part]), {"x-attempt": 0})
            return
        delays = self.runtime.settings.delays
        if not failure.final and attempt <= (_UNAVAILABLE_ATTEMPTS if failure.away else len(delays)):
            delay = delays[min(attempt, len(delays)) - 1]
            metrics.RETRIED.labels(self.queue.name).inc()
            publisher.publish(delay_queue(delay), self.queue.name, body, {"x-attempt": attempt})
            return
        metrics.DEAD_LETTERED.labels(self.queue.name).inc()
        structlog.get_logger().error("event_dead_lettered", name=self.queue.name, code=failure.code, attempt=attempt)
        headers = {"x-queue": self.queue.name, "x-reason": failure.code, "x-attempt": attempt, "x-at": int(time())}
        publisher.publish(DEAD_LETTERS, self.container.service_name, body, headers)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a handler failed; `final`: a retry cannot help; `away`: another part is unavailable."""

    code: str
    final: bool = False
    away: bool = False


def event_queue_entrypoint(handler: EventHandler) -> Callable[[Any, bytes], Failure | None]:
    """The entrypoint of an event's queue, a method of chassis.service.Service."""
    decode = msgspec.json.Decoder(handler.event).decode
    handle = handler.handle if handler.bundled else partial(_each, handler.handle)

    def take(self: Any, body: bytes) -> Failure | None:
        return _run(self.runtime, self.context, handler, decode, handle, body)

    take.__name__ = handler.name
    entrypoint = EventEntrypoint.decorator(handler.event, concurrency=handler.concurrency)
    return cast(Callable[[Any, bytes], Failure | None], entrypoint(take))


def _each(
    handle: Callable[[RequestContext[Any], Event], None],
    ctx: RequestContext[Any],
    received: Sequence[ReceivedEvent[Event]],
) -> None:
    for received_event in received:
        handle(ctx, received_event.event)


def _run(
    runtime: Runtime,
    make_context: units.MakeContext[Any],
    handler: EventHandler,
    decode: Callable[[bytes | msgspec.Raw], Event],
    handle: Callable[[Any, Any], None],
    body: bytes,
) -> Failure | None:
    queue = event_queue(runtime.settings.service, handler.event)
    try:
        envelopes = _decode(body)
        for envelope in envelopes:
            check_event(runtime.keyring, envelope, handler.event.topic)
        received = tuple(
            ReceivedEvent(envelope.id, envelope.occurred_at, decode(envelope.payload)) for envelope in envelopes
        )
    except msgspec.MsgspecError:
        return Failure("event.unreadable", final=True)
    except EventForgedError:
        return Failure("event.forged", final=True)
    work = UnitOfWork(
        kind="event",
        name=queue,
        deadline=time() + UNIT_SECONDS,
        rule=handler.access,
        traceparent=envelopes[0].traceparent if envelopes else "",
    )
    try:
        units.run(make_context, work, units.service_actor(runtime), received, partial(_once, queue, handle))
    except Refusal as refusal:
        return Failure(refusal.code, away=isinstance(refusal, Unavailable) and refusal.code != "service.fault")
    return None


def _once(
    queue: str,
    handle: Callable[[Any, Any], None],
    ctx: RequestContext[Any],
    received: Sequence[ReceivedEvent[Event]],
) -> None:
    """Handle the events that this queue has not received before; their receipts are part of the transaction."""
    new = inbox.receive(ctx.connection, queue, [event.id for event in received])
    fresh = tuple(event for event in received if event.id in new)
    if fresh:
        ctx.note_handled(event.event for event in fresh)
        handle(ctx, fresh)
