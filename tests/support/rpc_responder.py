"""Answers calls in the place of services: a real consumer on the real broker, in a thread of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pika
from pika.adapters.blocking_connection import BlockingChannel

from chassis.topology import LIVE, RPC
from contracts.envelope import RpcReply, RpcRequest


class RpcResponder:
    """Takes the calls of these routes, `*` for all of a service; a subclass says what it replies."""

    def __init__(self, amqp_url: str, routes: Sequence[str]) -> None:
        self._routes = routes
        self._connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
        self._channel = self._connection.channel()
        self._channel.exchange_declare(RPC, "topic", durable=True)
        self._channel.exchange_declare(LIVE, "fanout", durable=True)
        self._queue = self._channel.queue_declare("", exclusive=True).method.queue
        for route in routes:
            self._channel.queue_bind(self._queue, RPC, route)
        self._channel.basic_consume(self._queue, self._take, auto_ack=True)
        self._thread = threading.Thread(target=self._channel.start_consuming, daemon=True)
        self._thread.start()

    def reply(self, route: str, request: RpcRequest) -> RpcReply | None:
        """The reply to a call; None sends none."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop answering."""
        self._connection.add_callback_threadsafe(self._channel.stop_consuming)
        self._thread.join()
        self._connection.close()

    @contextmanager
    def unbound(self) -> Iterator[None]:
        """Within, calls reach nobody, as if no service had ever been started."""
        self._change_bindings(self._channel.queue_unbind)
        try:
            yield
        finally:
            self._change_bindings(self._channel.queue_bind)

    def _change_bindings(self, change: Callable[..., Any]) -> None:
        done = threading.Event()

        def apply() -> None:
            for route in self._routes:
                change(self._queue, RPC, route)
            done.set()

        self._connection.add_callback_threadsafe(apply)
        assert done.wait(10)

    def _take(self, channel: BlockingChannel, delivery: Any, properties: Any, body: bytes) -> None:
        reply = self.reply(delivery.routing_key, msgspec.json.decode(body, type=RpcRequest))
        if reply is not None:
            back = pika.BasicProperties(correlation_id=properties.correlation_id)
            channel.basic_publish("", properties.reply_to, msgspec.json.encode(reply), back)
