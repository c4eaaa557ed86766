"""Publication of persistent, mandatory messages with publisher confirms."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import pika
from eventlet.semaphore import Semaphore
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError, ChannelClosedByBroker, UnroutableError

from chassis.broker_address import pika_parameters
from chassis.rpc_client import OPAQUE
from chassis.topology import HEARTBEAT_SECONDS


def _counted(connection: BlockingConnection, queues: Iterable[str]) -> Iterator[tuple[str, int]]:
    for queue in queues:
        # A channel for each: a queue that does not exist closes it.
        channel = connection.channel()
        with suppress(ChannelClosedByBroker):
            yield queue, channel.queue_declare(queue, passive=True).method.message_count
            channel.close()


class Publisher:
    """A pika connection with publisher confirms, opened when needed and after a failure; one user at a time."""

    def __init__(self, url: str, ca_file: str = "") -> None:
        self._parameters = pika_parameters(url, ca_file)
        self._parameters.heartbeat = HEARTBEAT_SECONDS
        self._parameters.socket_timeout = 3
        self._parameters.blocked_connection_timeout = 10
        self._connection: BlockingConnection | None = None
        self._channel: BlockingChannel | None = None
        self._lock = Semaphore()

    def publish(self, exchange: str, key: str, body: bytes, headers: dict[str, Any] | None = None) -> None:
        """Return once the broker has confirmed the message.

        Raises:
            UnroutableError: no queue is bound.
            AMQPError, OSError: not confirmed; the broker may or may not have the message.
        """
        properties = pika.BasicProperties(delivery_mode=2, headers=headers, **OPAQUE)
        with self._lock:
            try:
                self._open().basic_publish(exchange, key, body, properties, mandatory=True)
            except UnroutableError:
                raise
            except (AMQPError, OSError):
                # An idle connection may have died unnoticed. Publishing twice is harmless: consumers keep receipts.
                self._disconnect()
                self._open().basic_publish(exchange, key, body, properties, mandatory=True)

    def announce(self, exchange: str, body: bytes) -> None:
        """Publish what may be lost: it is not stored, and if nobody listens it is dropped.

        Raises:
            AMQPError, OSError: not published.
        """
        properties = pika.BasicProperties(delivery_mode=1, **OPAQUE)
        with self._lock:
            try:
                self._open().basic_publish(exchange, "", body, properties)
            except (AMQPError, OSError):
                self._disconnect()
                raise

    def messages_in(self, queues: Iterable[str]) -> dict[str, int]:
        """How many messages are ready in each queue; one that does not exist is left out.

        Raises:
            AMQPError, OSError: the broker does not answer.
        """
        with self._lock:
            try:
                connection = self._open().connection
                return dict(_counted(connection, queues))
            except (AMQPError, OSError):
                self._disconnect()
                raise

    def keep_alive(self) -> None:
        """Process heartbeats while there is nothing to publish."""
        with self._lock:
            if self._connection is not None:
                self._connection.process_data_events(0)

    def close(self) -> None:
        """Close the connection; the next publish opens another."""
        with self._lock:
            self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None and connection.is_open:
            with suppress(AMQPError, OSError):
                connection.close()

    def _open(self) -> BlockingChannel:
        if self._channel is None or not self._channel.is_open:
            self._connection = pika.BlockingConnection(self._parameters)
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()
        return self._channel
