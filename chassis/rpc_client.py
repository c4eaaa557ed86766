"""A service's telephone: one connection on which it calls other services, hears the answers and gives its own."""

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

from chassis.topology import DIRECT_REPLY, RPC, declare
from contracts.errors import DeadlineExceeded, Refusal, ServiceUnavailable

HEARTBEAT_SECONDS = 10
_BROKEN = (OSError, amqp.exceptions.AMQPError)

# Content that kombu hands on as the bytes it is.
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
    """Calls out and answers back; transient messages without confirms, for a caller with a deadline needs no more."""

    def __init__(self, url: str, delays: tuple[int, ...]) -> None:
        self._url = url
        self._delays = delays
        self._connection: Any = None
        self._channel: Any = None
        self._waiting: dict[str, Waiting] = {}
        self._numbers = count(1)
        self._stopping = False
        self._opened = Waiting()

    @property
    def ready(self) -> bool:
        """Whether the broker is reached."""
        return self._channel is not None

    def wait_until_open(self) -> None:
        """Return once calls can be made and answered."""
        self._opened.wait()

    def run(self) -> None:
        """Stay connected until stopped; whoever waits when the line breaks is told at once."""
        pause = 0.1
        while not self._stopping:
            try:
                self._open()
                pause = 0.1
                self._listen()
            except _BROKEN as error:
                self._drop()
                if not self._stopping:
                    structlog.get_logger().warning("broker_away", error=type(error).__name__)
                    eventlet.sleep(pause)
                    pause = min(pause * 2, 2.0)

    def stop(self) -> None:
        """Hang up."""
        self._stopping = True
        self._drop()

    def _open(self) -> None:
        connection = connect(self._url)
        channel = connection.channel()
        declare(channel, self._delays)
        channel.basic_consume(DIRECT_REPLY, no_ack=True, callback=self._answered)
        channel.events["basic_return"].add(self._returned)
        self._connection, self._channel = connection, channel
        self._opened.send()

    def _listen(self) -> None:
        checked = monotonic()
        while not self._stopping:
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=HEARTBEAT_SECONDS / 4)
            if not self._stopping and monotonic() - checked > HEARTBEAT_SECONDS / 4:
                self._connection.heartbeat_tick()
                checked = monotonic()

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            self._opened = Waiting()
            connection.collect()
        waiting, self._waiting = self._waiting, {}
        for waiter in waiting.values():
            waiter.send_exception(ServiceUnavailable())

    def _answered(self, message: Any) -> None:
        waiter = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiter is not None:
            waiter.send(message.body)

    def _returned(self, _error: Any, _exchange: Any, _key: Any, message: Any) -> None:
        waiter = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiter is not None:
            waiter.send_exception(ServiceUnavailable())

    def ask(self, route: str, body: bytes, *, deadline: float) -> bytes:
        """Call `service.method` and wait for the answer until `deadline` (Unix time).

        Raises:
            DeadlineExceeded: no answer in time.
            ServiceUnavailable: no broker, or nobody has ever served that route.
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
                answer: bytes | str = waiter.wait()
        finally:
            self._waiting.pop(number, None)
        return answer if isinstance(answer, bytes) else answer.encode()

    def answer(self, reply_to: str, correlation_id: str, body: bytes) -> None:
        """Answer a caller; one who hung up, or a line that broke, hears nothing and meets the deadline."""
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
