"""The broker's topology: exchanges and queues, derived from the wiring."""

from typing import Any

from contracts.envelope import Event
from contracts.wiring import SERVICES, SUBSCRIPTIONS

EVENTS = "carnet.events"
DELIVER = "carnet.deliver"
"""Direct exchange for retries and replays; the routing key is a queue's name."""
DEAD_LETTERS = "carnet.parking"
DIRECT_REPLY = "amq.rabbitmq.reply-to"
RPC = "nameko-rpc"

HEARTBEAT_SECONDS = 10
"""Of every connection, so that a silent broker is noticed."""

DELIVERY_LIMIT = 5
"""Redeliveries of a message whose consumer died; then the broker dead-letters it."""

_QUORUM: dict[str, Any] = {"x-queue-type": "quorum"}


def event_queue(service: str, event: type[Event]) -> str:
    """Name of the queue of a service for an event."""
    return f"{service}.{event.topic}"


def dead_letter_queue(service: str) -> str:
    """Name of the queue with a service's dead letters."""
    return f"parked.{service}"


def delay_queue(seconds: int) -> str:
    """Name of the queue, and of its exchange, that delays messages."""
    return f"carnet.delay.{seconds}s"


def event_queue_arguments(service: str) -> dict[str, Any]:
    """Arguments of a quorum queue that dead-letters messages after DELIVERY_LIMIT redeliveries."""
    return _QUORUM | {
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTERS,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def declare(channel: Any, delays: tuple[int, ...]) -> None:
    """Declare everything on an amqp channel; idempotent, for every process.

    Args:
        delays: of retries, in seconds.
    """
    channel.exchange_declare(EVENTS, "topic", durable=True, auto_delete=False)
    channel.exchange_declare(DELIVER, "direct", durable=True, auto_delete=False)
    channel.exchange_declare(DEAD_LETTERS, "direct", durable=True, auto_delete=False)
    for service in SERVICES:
        _declare_dead_letters(channel, service)
        for event in sorted(SUBSCRIPTIONS[service], key=lambda listened: listened.topic):
            _declare_event_queue(channel, service, event)
    for seconds in delays:
        _declare_delay_queue(channel, seconds)


def _declare_dead_letters(channel: Any, service: str) -> None:
    queue = dead_letter_queue(service)
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=_QUORUM)
    channel.queue_bind(queue, DEAD_LETTERS, service)


def _declare_event_queue(channel: Any, service: str, event: type[Event]) -> None:
    queue = event_queue(service, event)
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=event_queue_arguments(service))
    channel.queue_bind(queue, EVENTS, event.topic)
    channel.queue_bind(queue, DELIVER, queue)


def _declare_delay_queue(channel: Any, seconds: int) -> None:
    name = delay_queue(seconds)
    channel.exchange_declare(name, "fanout", durable=True, auto_delete=False)
    channel.queue_declare(
        name,
        durable=True,
        auto_delete=False,
        arguments=_QUORUM
        | {
            "x-message-ttl": seconds * 1000,
            "x-dead-letter-exchange": DELIVER,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )
    channel.queue_bind(name, name)
