"""A service's RPC client: one connection for calls to other services, their replies, and its own replies."""

import secrets
from contextlib import suppress
from time import monotonic, time
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
import eventlet
import structlog
from amqp.basic_message import Message
from eventlet.event import Event as Waiting
from eventlet.semaphore import Semaphore
from eventlet.timeout import Timeout

from chassis.amqp_connection import BrokerConnection
from chassis.broker_address import host_of, tls_of
from chassis.broker_permissions import queues_of
from chassis.topology import DIRECT_REPLY, HEARTBEAT_SECONDS, RPC, check_declared
from contracts.errors.base import Refusal
from contracts.errors.execution import DeadlineExceeded, ServiceUnavailable

_BROKEN = (OSError, amqp.exceptions.AMQPError)

_LISTEN_SECONDS = 1.0
_CLOSE_SECONDS = 3.0

# Properties with which kombu does not decode a body.
OPAQUE = {"content_type": "application/data", "content_encoding": "binary"}


def connect(url: str, ca_file: str = "") -> Any:
    """An open py-amqp connection (TCP_NODELAY is its default, ADR 0004)."""
    parts = urlsplit(url)
    connection = BrokerConnection(
        host=host_of(url),
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=tls_of(url, ca_file),
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=3,
    )
    connection.connect()
    return connection


class RpcClient:
    """Sends calls and replies as transient messages without confirms, since every caller has a deadline."""

    def __init__(self, url: str, service: str, ca_file: str = "") -> None:
        self._url = url
        self._ca_file = ca_file
        self._queues = queues_of(service)
        self._connection: Any = None
        self._reader: Any = None
        self._sending = Semaphore()
        self._channel: Any = None
        self._waiting: dict[str, Waiting] = {}
        self._stopping = False
        self._opened = Waiting()
        self._ended = Waiting()

    @property
    def ready(self) -> bool:
        """Whether the connection to the broker is open."""
        return self._channel is not None

    def wait_until_open(self) -> None:
        """Return once calls and replies can be sent."""
        self._opened.wait()

    def run(self) -> None:
        """Stay connected until stopped; when the connection breaks, waiting calls fail at once."""
        self._reader = eventlet.getcurrent()
        pause = 0.1
        while not self._stopping:
            try:
                self._open()
                pause = 0.1
                self._listen()
                self._close()
            except _BROKEN as error:
                self._disconnect()
                if not self._stopping:
                    structlog.get_logger().warning("broker_away", error=type(error).__name__)
                    eventlet.sleep(pause)
                    pause = min(pause * 2, 2.0)
        self._ended.send()

    def stop(self) -> None:
        """Close the connection, once what was sent has reached the broker; one that is away is not waited for."""
        self._stopping = True
        with Timeout(_LISTEN_SECONDS + _CLOSE_SECONDS, False):
            self._ended.wait()
        if self._reader is not None:
            # Two greenlets cannot wait for one socket: over TLS, closing it may wait.
            eventlet.kill(self._reader)
        self._disconnect()

    def _close(self) -> None:
        """In order: a socket that is closed with unread bytes may lose the last answers."""
        with Timeout(_CLOSE_SECONDS, False):
            self._connection.close()

    def _open(self) -> None:
        connection = connect(self._url, self._ca_file)
        channel = connection.channel()
        # Whoever administers the broker declares; until then nothing is taken from a queue, and no call is sent.
        check_declared(channel, self._queues)
        channel.basic_consume(DIRECT_REPLY, no_ack=True, callback=self._on_reply)
        channel.events["basic_return"].add(self._on_return)
        self._connection, self._channel = connection, channel
        self._opened.send()

    def _listen(self) -> None:
        checked = monotonic()
        while not self._stopping:
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=_LISTEN_SECONDS)
            if not self._stopping and monotonic() - checked > HEARTBEAT_SECONDS / 4:
                self._connection.heartbeat_tick()
                checked = monotonic()

    def _disconnect(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            self._opened = Waiting()
            connection.collect()
        waiting, self._waiting = self._waiting, {}
        for waiter in waiting.values():
            waiter.send_exception(ServiceUnavailable())

    def _on_reply(self, message: Any) -> None:
        waiter = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiter is not None:
            waiter.send(message.body)

    def _on_return(self, _error: Any, _exchange: Any, _key: Any, message: Any) -> None:
        waiter = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiter is not None:
            waiter.send_exception(ServiceUnavailable())

    def ask(self, route: str, body: bytes, *, deadline: float) -> bytes:
        """Call the route `service.method` and wait for the reply until `deadline` (Unix time).

        Raises:
            DeadlineExceeded: no reply in time.
            ServiceUnavailable: no broker, or no queue for the route.
        """
        seconds = deadline - time()
        if seconds <= 0:
            raise DeadlineExceeded
        # Unguessable, as in chassis/bus.py: whoever knows where replies go must not answer for another.
        number = secrets.token_hex(16)
        waiter = self._waiting[number] = Waiting()
        message = Message(
            body,
            reply_to=DIRECT_REPLY,
            correlation_id=number,
            expiration=str(int(seconds * 1000) + 1),
            delivery_mode=1,
            **OPAQUE,
        )
        try:
            self._publish(message, RPC, route)
            with Timeout(seconds, DeadlineExceeded()):
                reply: bytes | str = waiter.wait()
        finally:
            self._waiting.pop(number, None)
        return reply if isinstance(reply, bytes) else reply.encode()

    def answer(self, reply_to: str, correlation_id: str, body: bytes) -> None:
        """Send a reply; a caller that is gone, or a broken connection, loses it."""
        message = Message(body, correlation_id=correlation_id, delivery_mode=1, **OPAQUE)
        try:
            self._publish(message, "", reply_to, mandatory=False)
        except Refusal:
            structlog.get_logger().warning("answer_lost", error="broker_away")

    def _publish(self, message: Any, exchange: str, key: str, *, mandatory: bool = True) -> None:
        channel = self._channel
        if channel is None:
            raise ServiceUnavailable
        try:
            with self._sending:
                channel.basic_publish(message, exchange, key, mandatory=mandatory)
        except _BROKEN:
            raise ServiceUnavailable from None
