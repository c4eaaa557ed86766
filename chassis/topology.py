"""The broker's topology: exchanges and queues, derived from the wiring."""

import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

from contracts.envelope import Event
from contracts.wiring import APIS, SERVICES, SUBSCRIPTIONS

EVENTS = "carnet.events"
DELIVER = "carnet.deliver"
"""Direct exchange for retries and replays; the routing key is a queue's name."""
DEAD_LETTERS = "carnet.parking"
DIRECT_REPLY = "amq.rabbitmq.reply-to"
RPC = "nameko-rpc"
LIVE = "carnet.live"
"""Fanout exchange: which records changed, to every gateway process."""
LIVE_QUEUE = r"carnet\.live\.[0-9a-f]{32}"
"""Names of the queues of gateway processes, which alone are declared by those who read them."""
LIVE_QUEUE_ARGUMENTS: dict[str, Any] = {"x-max-length": 1_000, "x-overflow": "drop-head", "x-message-ttl": 10_000}
"""What a gateway process does not read in time is dropped: its pages are out of date until their next reading."""

DELAYS = (1, 10, 60, 300)
"""Seconds before a failed event is retried, unless set otherwise."""

HEARTBEAT_SECONDS = 10
"""Of every connection, so that a silent broker is noticed."""

DELIVERY_LIMIT = 5
"""Redeliveries of a message whose consumer died; then the broker dead-letters it."""

_QUORUM: dict[str, Any] = {"x-queue-type": "quorum"}


def rpc_queue(service: str) -> str:
    """Name of the queue of calls to a service."""
    return f"rpc-{service}"


def event_queue(service: str, event: type[Event]) -> str:
    """Name of the queue of a service for an event."""
    return f"{service}.{event.topic}"


def dead_letter_queue(service: str) -> str:
    """Name of the queue with a service's dead letters."""
    return f"parked.{service}"


def live_queue() -> str:
    """A name for the queue of one gateway process, which nobody else can guess."""
    return f"{LIVE}.{secrets.token_hex(16)}"


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


class Exchange(NamedTuple):
    """A durable exchange; `kind` as RabbitMQ names it."""

    name: str
    kind: str


class Queue(NamedTuple):
    """A durable queue with its arguments."""

    name: str
    arguments: dict[str, Any]


class Binding(NamedTuple):
    """What an exchange sends to a queue."""

    queue: str
    exchange: str
    key: str


class Topology(NamedTuple):
    """Everything that must exist on the broker before a process starts."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]


def topology(delays: Iterable[int]) -> Topology:
    """The whole topology; `delays`: of retries, in seconds."""
    seconds = sorted(set(delays))
    exchanges = [Exchange(RPC, "topic"), Exchange(EVENTS, "topic")]
    exchanges += [Exchange(DELIVER, "direct"), Exchange(DEAD_LETTERS, "direct"), Exchange(LIVE, "fanout")]
    exchanges += [Exchange(delay_queue(delay), "fanout") for delay in seconds]
    queues = [Queue(rpc_queue(api.service), {}) for api in APIS]
    bindings = [Binding(rpc_queue(api.service), RPC, f"{api.service}.*") for api in APIS]
    for service in SERVICES:
        letters = dead_letter_queue(service)
        queues.append(Queue(letters, _QUORUM))
        bindings.append(Binding(letters, DEAD_LETTERS, service))
        for event in sorted(SUBSCRIPTIONS[service], key=lambda listened: listened.topic):
            name = event_queue(service, event)
            queues.append(Queue(name, event_queue_arguments(service)))
            bindings += [Binding(name, EVENTS, event.topic), Binding(name, DELIVER, name)]
    for delay in seconds:
        queues.append(Queue(delay_queue(delay), _delay_arguments(delay)))
        bindings.append(Binding(delay_queue(delay), delay_queue(delay), ""))
    return Topology(tuple(exchanges), tuple(queues), tuple(bindings))


def declare(channel: Any, delays: Iterable[int]) -> None:
    """Declare the whole topology on an amqp or pika channel of an administrator; idempotent."""
    wanted = topology(delays)
    for exchange in wanted.exchanges:
        channel.exchange_declare(exchange.name, exchange.kind, durable=True, auto_delete=False)
    for queue in wanted.queues:
        channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=queue.arguments)
    for binding in wanted.bindings:
        channel.queue_bind(binding.queue, binding.exchange, binding.key)


def check_declared(channel: Any, queues: Iterable[str]) -> None:
    """Raise amqp's NotFound unless calls can be sent and these queues exist."""
    channel.exchange_declare(RPC, "topic", passive=True)
    for queue in queues:
        channel.queue_declare(queue, passive=True)


def _delay_arguments(seconds: int) -> dict[str, Any]:
    return _QUORUM | {
        "x-message-ttl": seconds * 1000,
        "x-dead-letter-exchange": DELIVER,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
