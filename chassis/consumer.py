"""Consumption of messages: nameko's consumer, which passes each message to its entrypoint as bytes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import eventlet
from amqp.exceptions import AMQPError
from eventlet.timeout import Timeout
from greenlet import GreenletExit
from kombu import Consumer as KombuConsumer
from nameko.messaging import QueueConsumer

from chassis.runtime import Runtime
from chassis.topology import HEARTBEAT_SECONDS

_CANCEL_SECONDS = 3.0
_CLOSE_SECONDS = 3.0


class _LimitedConsumer(KombuConsumer):
    """Sets its own prefetch when it starts; kombu would apply the last consumer's prefetch to all."""

    concurrency: int

    def consume(self, no_ack: bool | None = None) -> None:
        """Start with a prefetch of `concurrency` messages."""
        self.qos(prefetch_count=self.concurrency)
        super().consume(no_ack=no_ack)


class Consumer(QueueConsumer):
    """Shared by all consuming entrypoints of a process; reconnects by itself."""

    runtime = Runtime()

    def cancel(self) -> None:
        """Take no further message; return once the broker has confirmed it, or at once where it is away.

        The connection stays open: messages that were taken are handled, answered and acknowledged.
        """
        self.runtime.begin_stop()
        with Timeout(_CANCEL_SECONDS, False):
            while self.runtime.consuming:
                eventlet.sleep(0.02)

    def on_iteration(self) -> None:
        """Cancel all consumers together; only their own green thread may."""
        if self.runtime.stopping and self.runtime.consuming:
            for consumer in self._consumers.values():
                consumer.cancel()
            self.runtime.consuming = False

    def unregister_provider(self, provider: Any) -> None:
        """Nothing: `cancel` ends the consumers, and waits for no broker that is away."""

    def stop(self) -> None:
        """Close the connection; the broker redelivers what is not acknowledged."""
        self.should_stop = True
        if not self._consumers_ready.ready():
            self._consumers_ready.send(None)
        with Timeout(_CLOSE_SECONDS, False):
            self._gt.wait()
        self._gt.kill()

    def _handle_thread_exited(self, gt: Any) -> None:
        with suppress(GreenletExit):
            super()._handle_thread_exited(gt)

    @property
    def connection(self) -> Any:
        """nameko's connection with our heartbeat, so that a silent broker is noticed."""
        connection = super().connection
        connection.heartbeat = HEARTBEAT_SECONDS
        return connection

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        """Once the process is fit, retry within 2 seconds; kombu would wait up to half a minute."""
        self.runtime.wait_until_fit()
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error, interval_start=0.1, interval_step=0.4, interval_max=2
            )
            # The reply to a call that is taken before the RPC client is connected would be lost.
            self.runtime.rpc_client.wait_until_open()
            yield connection

    @contextmanager
    def extra_context(self, _connection: Any, _channel: Any) -> Iterator[None]:
        """Entered once the broker has confirmed every consumer, left when the connection is lost or closed."""
        self.runtime.consuming = not self.runtime.stopping
        try:
            yield
        finally:
            self.runtime.consuming = False

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        """Start the worker directly: the pool has room for the prefetch of all consumers."""
        provider.handle_message(body if isinstance(body, bytes) else bytes(message.body), message)

    def ack_message(self, message: Any) -> None:
        """Ignore a broken connection: the broker redelivers. nameko would let a reset end the process."""
        with suppress(OSError, AMQPError):
            super().ack_message(message)

    def requeue_message(self, message: Any) -> None:
        """As `ack_message`: a broken connection requeues the message by itself."""
        with suppress(OSError, AMQPError):
            super().requeue_message(message)

    def get_consumers(self, _consumer_cls: Any, channel: Any) -> Iterable[Any]:
        """One consumer for each entrypoint's queue, with its entrypoint's concurrency; none while stopping."""
        for provider in () if self.runtime.stopping else self._providers:
            consumer = _LimitedConsumer(
                channel,
                queues=[provider.queue],
                callbacks=[partial(self.handle_message, provider)],
                accept=self.accept,
                auto_declare=False,
                on_decode_error=self.on_decode_error,
            )
            consumer.concurrency = provider.concurrency
            self._consumers[provider] = consumer
        consumers: Iterable[Any] = self._consumers.values()
        return consumers
