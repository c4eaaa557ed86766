"""Direct access to the broker: channels, messages on queues, calls of services without the gateway."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
import pika
from pika.adapters.blocking_connection import BlockingChannel

from chassis.bus import Bus
from chassis.topology import DELIVER
from contracts.api import Method

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)


@contextmanager
def open_channel(amqp_url: str) -> Iterator[BlockingChannel]:
    """A channel on a connection of its own."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    try:
        yield connection.channel()
    finally:
        connection.close()


def publish(amqp_url: str, queue: str, body: bytes, headers: dict[str, Any] | None = None) -> None:
    """Publish a message to a queue of events, with confirmation."""
    properties = pika.BasicProperties(
        delivery_mode=2, headers=headers, content_type="application/data", content_encoding="binary"
    )
    with open_channel(amqp_url) as channel:
        channel.confirm_delivery()
        channel.basic_publish(DELIVER, queue, body, properties, mandatory=True)


def call(amqp_url: str, method: Method[Q, A], message: Q, token: str) -> A:
    """Call a service; raises the refusal it answers."""

    async def call_once() -> A:
        bus = await Bus.connect(amqp_url)
        try:
            return await bus.call(method, message, token=token)
        finally:
            await bus.close()

    return asyncio.run(call_once())
