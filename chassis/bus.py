"""The gateway's telephone: asyncio calls to services over pika, reconnecting by itself."""

import asyncio
from collections.abc import Sequence
from itertools import count
from time import time
from typing import Any, TypeVar

import msgspec
import pika
import structlog
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from chassis.topology import DIRECT_REPLY, RPC
from contracts.api import Method
from contracts.envelope import CallContext, RpcReply, RpcRequest
from contracts.errors import DeadlineExceeded, ServiceUnavailable, refusal_from

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_encode = msgspec.json.Encoder().encode
_decode_reply = msgspec.json.Decoder(RpcReply).decode
_LONGEST_PAUSE = 2.0
_READ_BYTES = 1 << 17


class _WholePackets(AsyncioConnection):
    """pika sends each frame by itself, on the next turn of the loop, and reads 4 KiB at a time.

    That is three packets a call, each with its own wake-ups, and a turn of waiting for a socket that can be written.
    """

    _line: Any

    def _proto_connection_made(self, transport: Any) -> None:
        transport._MAX_RECV_BYTES = _READ_BYTES
        self._line = transport
        super()._proto_connection_made(transport)

    def _output_marshaled_frames(self, marshaled_frames: Sequence[bytes]) -> None:
        super()._output_marshaled_frames([b"".join(marshaled_frames)])
        self._line._on_socket_writable()


class Bus:
    """Calls services with a deadline; answers come over direct reply-to, matched by number."""

    def __init__(self, url: str) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.heartbeat = 10
        self._parameters.socket_timeout = 3
        self._parameters.tcp_options = {"TCP_USER_TIMEOUT": 5000}
        self._connection: AsyncioConnection | None = None
        self._channel: Channel | None = None
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._numbers = count(1)
        self._pause = 0.1
        self._closing = False
        self._opened = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether the broker is reached."""
        return self._channel is not None

    @classmethod
    async def connect(cls, url: str, *, seconds: float = 10) -> "Bus":
        """Open the line; a broker that is not there yet is tried again in the background."""
        bus = cls(url)
        bus._dial()
        try:
            async with asyncio.timeout(seconds):
                await bus._opened.wait()
        except TimeoutError:
            structlog.get_logger().warning("broker_away")
        return bus

    async def close(self) -> None:
        """Hang up."""
        self._closing = True
        if self._connection is not None and self._connection.is_open:
            self._connection.close()

    async def call(
        self,
        method: Method[Q, A],
        message: Q,
        *,
        token: str = "",
        traceparent: str = "",
        seconds: float | None = None,
    ) -> A:
        """Ask a service.

        Raises:
            Refusal: what the service answered; DeadlineExceeded or ServiceUnavailable when it did not.
        """
        patience = method.seconds if seconds is None else seconds
        context = CallContext(token=token, deadline=time() + patience, traceparent=traceparent)
        request = RpcRequest(context=context, message=msgspec.Raw(_encode(message)))
        reply = _decode_reply(await self.ask(method.route, _encode(request), patience))
        if reply.problem is not None:
            raise refusal_from(reply.problem)
        return method.decode_response(reply.result)

    async def ask(self, route: str, body: bytes, patience: float) -> bytes:
        """Send bytes to `service.method` and wait `patience` seconds for bytes.

        Raises:
            DeadlineExceeded, ServiceUnavailable.
        """
        if self._channel is None:
            raise ServiceUnavailable
        number = str(next(self._numbers))
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        properties = pika.BasicProperties(
            reply_to=DIRECT_REPLY,
            correlation_id=number,
            expiration=str(int(patience * 1000)),
            delivery_mode=1,
            content_type="application/data",
            content_encoding="binary",
        )
        try:
            self._channel.basic_publish(RPC, route, body, properties, mandatory=True)
            async with asyncio.timeout(patience):
                answer: bytes = await waiting
                return answer
        except TimeoutError:
            raise DeadlineExceeded from None
        except pika.exceptions.AMQPError:
            raise ServiceUnavailable from None
        finally:
            self._waiting.pop(number, None)

    def _dial(self) -> None:
        if not self._closing:
            _WholePackets(
                self._parameters,
                on_open_callback=self._connected,
                on_open_error_callback=self._lost,
                on_close_callback=self._lost,
            )

    def _connected(self, connection: Any) -> None:
        self._connection = connection
        connection.channel(on_open_callback=self._channel_open)

    def _channel_open(self, channel: Channel) -> None:
        channel.add_on_return_callback(self._returned)
        channel.add_on_close_callback(self._channel_lost)
        # Before the first service has started there is none, and publishing to nothing closes the channel.
        channel.exchange_declare(RPC, "topic", durable=True)
        channel.basic_consume(
            DIRECT_REPLY, self._answered, auto_ack=True, callback=lambda _: self._open_for_calls(channel)
        )

    def _open_for_calls(self, channel: Channel) -> None:
        self._channel = channel
        self._pause = 0.1
        self._opened.set()

    def _answered(self, _channel: Channel, _method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        waiting = self._waiting.get(str(properties.correlation_id))
        if waiting is not None and not waiting.done():
            waiting.set_result(body)

    def _returned(self, _channel: Channel, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        waiting = self._waiting.get(str(properties.correlation_id))
        if waiting is not None and not waiting.done():
            waiting.set_exception(ServiceUnavailable())

    def _channel_lost(self, _channel: Channel, _reason: Any) -> None:
        self._channel = None
        if self._connection is not None and self._connection.is_open:
            self._connection.close()

    def _lost(self, _connection: Any, reason: Any) -> None:
        """Tell everybody who waits, and dial again after a growing pause."""
        self._channel = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ServiceUnavailable())
        if not self._closing:
            structlog.get_logger().warning("broker_away", error=type(reason).__name__)
            asyncio.get_running_loop().call_later(self._pause, self._dial)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
