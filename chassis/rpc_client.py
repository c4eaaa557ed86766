"""A service's RPC client: one connection for calls to other services, their replies, and its own replies."""

from contextlib import suppress
from itertools import count
from time import monotonic, time
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
import eventlet
import structlog
from amqp.basic_message import Message
from eventlet.event import Event as Waiting
from eventlet.timeout import Timeout

from chassis.topology import DIRECT_REPLY, HEARTBEAT_SECONDS, RPC, declare
from contracts.errors.base import Refusal
from contracts.errors.execution import DeadlineExceeded, ServiceUnavailable

_BROKEN = (OSError, amqp.exceptions.AMQPError)

_LISTEN_SECONDS = 1.0
_CLOSE_SECONDS = 3.0

# Properties with which kombu does not decode a body.
OPAQUE = {"content_type": "application/data", "content_encoding": "binary"}


def connect(url: str) -> Any:
    """An open py-amqp connection (TCP_NODELAY is its default, ADR 0004)."""
    parts = urlsplit(url)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=parts.scheme == "amqps",
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=3,
    )
    connection.connect()
    return connection


class RpcClient:
    """Sends calls and replies as transient messages without confirms, since every caller has a deadline."""

    def __init__(self, url: str, delays: tuple[int, ...]) -> None:
        self._url = url
        self._delays = delays
        self._connection: Any = None
        self._channel: Any = None
        self._waiting: dict[str, Waiting] = {}
        self._numbers = count(1)
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
        self._disconnect()

    def _close(self) -> None:
        """In order: a socket that is closed with unread bytes may lose the last answers."""
        with Timeout(_CLOSE_SECONDS, False):
            self._connection.close()

    def _open(self) -> None:
        connection = connect(self._url)
        channel = connection.channel()
        declare(channel, self._delays)
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
        number = str(next(self._numbers))
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
            channel.basic_publish(message, exchange, key, mandatory=mandatory)
        except _BROKEN:
            raise ServiceUnavailable from None
