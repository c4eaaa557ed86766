"""A service's connection for its own calls and answers: py-amqp on eventlet, transient messages, no confirms."""

from contextlib import suppress
from itertools import count
from time import monotonic, time
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
from amqp.basic_message import Message
from eventlet.event import Event
from eventlet.timeout import Timeout

from bench.floor.messages import DIRECT_REPLY, EXCHANGE, FAILED, OPAQUE, Refused

_HEARTBEAT_SECONDS = 10


def connect(url: str) -> Any:
    """An open py-amqp connection; TCP_NODELAY is its default."""
    parts = urlsplit(url)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=parts.scheme == "amqps",
        heartbeat=_HEARTBEAT_SECONDS,
        connect_timeout=3,
    )
    connection.connect()
    return connection


def listen(connection: Any) -> None:
    """Take what the broker sends for as long as the connection holds."""
    checked = monotonic()
    while True:
        with suppress(TimeoutError):
            connection.drain_events(timeout=_HEARTBEAT_SECONDS / 4)
        if monotonic() - checked > _HEARTBEAT_SECONDS / 4:
            connection.heartbeat_tick()
            checked = monotonic()


class Caller:
    """Calls out, matched with their answers by number, and answers back to those who called."""

    def __init__(self, connection: Any) -> None:
        self._waiting: dict[str, Event] = {}
        self._numbers = count(1)
        self._channel = connection.channel()
        self._channel.basic_consume(DIRECT_REPLY, no_ack=True, callback=self._answered)
        self._channel.events["basic_return"].add(self._returned)

    def ask(self, route: str, body: bytes, *, deadline: float) -> bytes:
        """Call `service.method` and wait for the answer until `deadline` (Unix time).

        Raises:
            Refused: no answer in time, or nobody has that queue.
        """
        seconds = deadline - time()
        if seconds <= 0:
            raise Refused(FAILED)
        number = str(next(self._numbers))
        waiting = self._waiting[number] = Event()
        message = Message(
            body,
            reply_to=DIRECT_REPLY,
            correlation_id=number,
            expiration=str(int(seconds * 1000) + 1),
            delivery_mode=1,
            **OPAQUE,
        )
        try:
            self._channel.basic_publish(message, EXCHANGE, route, mandatory=True)
            with Timeout(seconds, Refused(FAILED)):
                answer: bytes | str = waiting.wait()
        finally:
            self._waiting.pop(number, None)
        return answer if isinstance(answer, bytes) else answer.encode()

    def answer(self, reply_to: str, correlation_id: str, body: bytes) -> None:
        """Answer a caller."""
        message = Message(body, correlation_id=correlation_id, delivery_mode=1, **OPAQUE)
        self._channel.basic_publish(message, "", reply_to)

    def _answered(self, message: Any) -> None:
        waiting = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiting is not None:
            waiting.send(message.body)

    def _returned(self, _error: Any, _exchange: Any, _key: Any, message: Any) -> None:
        waiting = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiting is not None:
            waiting.send_exception(Refused(FAILED))
