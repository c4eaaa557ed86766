"""The broker's topology: a quorum queue for each service and event, dead letters, delays."""

from typing import Any

from chassis import topology
from contracts.wiring import SUBSCRIPTIONS


class RecordingChannel:
    """An amqp channel that only records what is declared."""

    def __init__(self) -> None:
        self.exchanges: dict[str, str] = {}
        self.queues: dict[str, dict[str, Any]] = {}
        self.bound: set[tuple[str, str, str]] = set()

    def exchange_declare(self, name: str, kind: str, **_: Any) -> None:
        assert kind in {"topic", "direct", "fanout"}, name
        self.exchanges[name] = kind

    def queue_declare(self, name: str, *, arguments: dict[str, Any], **_: Any) -> None:
        self.queues[name] = arguments

    def queue_bind(self, queue: str, exchange: str, key: str = "") -> None:
        self.bound.add((queue, exchange, key))


def declared() -> RecordingChannel:
    channel = RecordingChannel()
    topology.declare(channel, (1, 10))
    return channel


def test_every_subscription_has_a_quorum_queue_with_a_delivery_limit() -> None:
    channel = declared()
    for service, events in SUBSCRIPTIONS.items():
        for event in events:
            queue = topology.event_queue(service, event)
            arguments = channel.queues[queue]
            assert arguments["x-queue-type"] == "quorum"
            assert arguments["x-delivery-limit"] == topology.DELIVERY_LIMIT
            assert arguments["x-dead-letter-exchange"] == topology.DEAD_LETTERS
            assert {(queue, topology.EVENTS, event.topic), (queue, topology.DELIVER, queue)} <= channel.bound


def test_every_service_has_a_queue_of_dead_letters() -> None:
    channel = declared()
    for service in SUBSCRIPTIONS:
        queue = topology.dead_letter_queue(service)
        assert channel.queues[queue]["x-queue-type"] == "quorum"
        assert (queue, topology.DEAD_LETTERS, service) in channel.bound


def test_a_delayed_message_returns_to_its_own_queue() -> None:
    arguments = declared().queues[topology.delay_queue(10)]
    assert arguments["x-message-ttl"] == 10_000
    assert arguments["x-dead-letter-exchange"] == topology.DELIVER
    assert "x-dead-letter-routing-key" not in arguments
