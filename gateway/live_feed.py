"""What services tell every gateway process of changed records: a queue of this process alone."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import structlog
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from chassis.topology import LIVE, LIVE_QUEUE_ARGUMENTS, live_queue
from contracts.live import RecordChanges

_AGAIN_SECONDS = 10.0
"""The broker does not know the exchange yet, or not that the gateway may have a queue."""

_decode = msgspec.json.Decoder(RecordChanges).decode


class LiveFeed:
    """The queue on each connection that the process opens, after the other; without it pages are merely stale.

    Args:
        announce: called with what services say.
        announce_all: called when the queue is there, for nobody knows what happened before.
    """

    def __init__(self, announce: Callable[[RecordChanges], None], announce_all: Callable[[], None]) -> None:
        self._announce = announce
        self._announce_all = announce_all

    def listen(self, connection: AsyncioConnection) -> None:
        """Have a queue on this connection as long as it is open; the broker deletes it then."""
        if connection.is_open:
            connection.channel(on_open_callback=partial(self._on_channel_open, connection))

    def _on_channel_open(self, connection: AsyncioConnection, channel: Channel) -> None:
        queue = live_queue()
        channel.add_on_close_callback(partial(self._on_channel_close, connection))
        channel.queue_declare(queue, exclusive=True, auto_delete=True, arguments=LIVE_QUEUE_ARGUMENTS)
        channel.queue_bind(queue, LIVE)
        channel.basic_consume(
            queue, self._on_message, auto_ack=True, exclusive=True, callback=lambda _: self._announce_all()
        )

    def _on_message(self, _channel: Channel, _method: Any, _properties: Any, body: bytes) -> None:
        try:
            self._announce(_decode(body))
        except msgspec.MsgspecError:
            structlog.get_logger().warning("changes_unreadable")

    def _on_channel_close(self, connection: AsyncioConnection, _channel: Channel, reason: Any) -> None:
        if connection.is_open:
            structlog.get_logger().warning("changes_not_heard", error=type(reason).__name__)
            asyncio.get_running_loop().call_later(_AGAIN_SECONDS, self.listen, connection)
