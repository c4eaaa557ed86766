"""Taking messages from the broker: nameko's consumer, handing each straight to its entrypoint as bytes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from amqp.exceptions import AMQPError
from kombu import Consumer as KombuConsumer
from nameko.messaging import QueueConsumer

from chassis.rpc_client import HEARTBEAT_SECONDS
from chassis.runtime import Runtime


class _Paced(KombuConsumer):
    """Sets its prefetch when it starts; kombu does when it is made, so that the last one made speaks for all."""

    concurrency: int

    def consume(self, no_ack: bool | None = None) -> None:
        """Take up to `concurrency` messages from this queue at a time."""
        self.qos(prefetch_count=self.concurrency)
        super().consume(no_ack=no_ack)


class Consumer(QueueConsumer):
    """Shared by all entrypoints of a process that consume; reconnects by itself."""

    runtime = Runtime()

    @property
    def connection(self) -> Any:
        """nameko's connection, with a heartbeat short enough to notice a silent broker."""
        connection = super().connection
        connection.heartbeat = HEARTBEAT_SECONDS
        return connection

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        """kombu waits up to half a minute between two tries; everybody else is back within seconds."""
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error, interval_start=0.1, interval_step=0.4, interval_max=2
            )
            # What is taken before the line is open is done, and its answer lost.
            self.runtime.rpc_client.wait_until_open()
            yield connection

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        """Start the worker here: the pool has room for all that the consumers may hold."""
        provider.handle_message(body if isinstance(body, bytes) else bytes(message.body), message)

    def ack_message(self, message: Any) -> None:
        """The broker hands out again what a broken line keeps from it; nameko would let a reset end the process."""
        with suppress(OSError, AMQPError):
            super().ack_message(message)

    def requeue_message(self, message: Any) -> None:
        """As `ack_message`: a broken line gives the message back by itself."""
        with suppress(OSError, AMQPError):
            super().requeue_message(message)

    def get_consumers(self, _consumer_cls: Any, channel: Any) -> Iterable[Any]:
        """One consumer for each entrypoint's queue, at its entrypoint's pace."""
        for provider in self._providers:
            consumer = _Paced(
                channel,
                queues=[provider.queue],
                callbacks=[partial(self.handle_message, provider)],
                accept=self.accept,
                on_decode_error=self.on_decode_error,
            )
            consumer.concurrency = provider.concurrency
            self._consumers[provider] = consumer
        found: Iterable[Any] = self._consumers.values()
        return found
