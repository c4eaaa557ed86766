"""The broker's furniture: work on quorum queues that park, calls on nothing durable, one queue per listener."""

from typing import Any

from chassis import topology
from contracts.wiring import SUBSCRIPTIONS


class Notebook:
    """An amqp channel that only writes down what it is asked to declare."""

    def __init__(self) -> None:
        self.queues: dict[str, dict[str, Any]] = {}
        self.bound: set[tuple[str, str, str]] = set()

    def exchange_declare(self, name: str, kind: str, **_: Any) -> None:
        assert kind in {"topic", "direct", "fanout"}, name

    def queue_declare(self, name: str, *, arguments: dict[str, Any], **_: Any) -> None:
        self.queues[name] = arguments

    def queue_bind(self, queue: str, exchange: str, key: str = "") -> None:
        self.bound.add((queue, exchange, key))


def declared() -> Notebook:
    notebook = Notebook()
    topology.declare(notebook, (1, 10))
    return notebook


def test_every_listener_has_a_quorum_queue_that_parks_after_its_limit() -> None:
    notebook = declared()
    for service, events in SUBSCRIPTIONS.items():
        for event in events:
            queue = topology.event_queue(service, event)
            arguments = notebook.queues[queue]
            assert arguments["x-queue-type"] == "quorum"
            assert arguments["x-delivery-limit"] == topology.DELIVERY_LIMIT
            assert arguments["x-dead-letter-exchange"] == topology.DEAD_LETTERS
            assert {(queue, topology.EVENTS, event.topic), (queue, topology.DELIVER, queue)} <= notebook.bound


def test_every_service_has_a_place_to_park() -> None:
    notebook = declared()
    for service in SUBSCRIPTIONS:
        queue = topology.dead_letter_queue(service)
        assert notebook.queues[queue]["x-queue-type"] == "quorum"
        assert (queue, topology.DEAD_LETTERS, service) in notebook.bound


def test_what_is_held_back_returns_to_its_own_queue() -> None:
    arguments = declared().queues[topology.delay_queue(10)]
    assert arguments["x-message-ttl"] == 10_000
    assert arguments["x-dead-letter-exchange"] == topology.DELIVER
    assert "x-dead-letter-routing-key" not in arguments
