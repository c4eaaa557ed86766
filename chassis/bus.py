"""The gateway's RPC client: asyncio calls to services over pika, with automatic reconnection."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from time import time
from typing import Any, TypeVar

import msgspec
import pika
import structlog
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from chassis.broker_address import pika_parameters
from chassis.topology import DIRECT_REPLY, HEARTBEAT_SECONDS, RPC
from contracts.api import Method
from contracts.envelope import CallContext, RpcReply, RpcRequest
from contracts.errors.execution import DeadlineExceeded, ServiceUnavailable
from contracts.errors.registry import refusal_from

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_encode = msgspec.json.Encoder().encode
_decode_reply = msgspec.json.Decoder(RpcReply).decode
_LONGEST_PAUSE = 2.0
_READ_BYTES = 1 << 17


class _WholePackets(AsyncioConnection):
    """Sends the frames of a message as one packet at once, and reads up to 128 KiB.

    pika sends each frame by itself on the next turn of the loop and reads 4 KiB at a time: three packets a call, each
    with its own wake-ups, and a turn of waiting until the socket is writable.
    """

    _raw_transport: Any

    def _proto_connection_made(self, transport: Any) -> None:
        transport._MAX_RECV_BYTES = _READ_BYTES
        self._raw_transport = transport
        super()._proto_connection_made(transport)

    def _output_marshaled_frames(self, marshaled_frames: Sequence[bytes]) -> None:
        super()._output_marshaled_frames([b"".join(marshaled_frames)])
        self._raw_transport._on_socket_writable()


class Bus:
    """Calls services with a deadline; replies arrive over direct reply-to and are matched by correlation id."""

    def __init__(self, url: str, ca_file: str = "") -> None:
        self._parameters = pika_parameters(url, ca_file)
        self._parameters.heartbeat = HEARTBEAT_SECONDS
        self._parameters.socket_timeout = 3
        self._parameters.tcp_options = {"TCP_USER_TIMEOUT": 5000}
        self._connection: AsyncioConnection | None = None
        self._channel: Channel | None = None
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._pause = 0.1
        self._closing = False
        self._opened = asyncio.Event()
        self._followers: list[Callable[[AsyncioConnection], None]] = []

    @property
    def ready(self) -> bool:
        """Whether the connection to the broker is open."""
        return self._channel is not None

    @classmethod
    async def connect(cls, url: str, *, ca_file: str = "", seconds: float = 10) -> "Bus":
        """Wait up to `seconds` for the broker; if it is not reached, retries go on in the background."""
        bus = cls(url, ca_file)
        bus._open_connection()
        try:
            async with asyncio.timeout(seconds):
                await bus._opened.wait()
        except TimeoutError:
            structlog.get_logger().warning("broker_away")
        return bus

    def with_each_connection(self, follow: Callable[[AsyncioConnection], None]) -> None:
        """Call `follow` with the connection that is open, and with each that is opened from now on."""
        self._followers.append(follow)
        if self._connection is not None and self._connection.is_open:
            follow(self._connection)

    async def close(self) -> None:
        """Close the connection and do not open another."""
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
        """The response of a service.

        Args:
            seconds: the timeout; by default the method's.

        Raises:
            Refusal: the service's; DeadlineExceeded or ServiceUnavailable when it did not reply.
        """
        timeout = method.seconds if seconds is None else seconds
        context = CallContext(token=token, deadline=time() + timeout, traceparent=traceparent)
        request = RpcRequest(context=context, message=msgspec.Raw(_encode(message)))
        reply = _decode_reply(await self.ask(method.route, _encode(request), timeout))
        if reply.problem is not None:
            raise refusal_from(reply.problem)
        return method.decode_response(reply.result)

    async def ask(self, route: str, body: bytes, timeout: float) -> bytes:
        """Send bytes to the route `service.method` and wait up to `timeout` seconds for the bytes of the reply.

        Raises:
            DeadlineExceeded: no reply in time. ServiceUnavailable: no broker, or the route does not exist.
        """
        if self._channel is None:
            raise ServiceUnavailable
        # Unguessable: a service that was called once knows where replies go, and must not answer for another.
        number = secrets.token_hex(16)
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        properties = pika.BasicProperties(
            reply_to=DIRECT_REPLY,
            correlation_id=number,
            expiration=str(int(timeout * 1000)),
            delivery_mode=1,
            content_type="application/data",
            content_encoding="binary",
        )
        try:
            self._channel.basic_publish(RPC, route, body, properties, mandatory=True)
            async with asyncio.timeout(timeout):
                reply: bytes = await waiting
                return reply
        except TimeoutError:
            raise DeadlineExceeded from None
        except pika.exceptions.AMQPError:
            raise ServiceUnavailable from None
        finally:
            self._waiting.pop(number, None)

    def _open_connection(self) -> None:
        if not self._closing:
            _WholePackets(
                self._parameters,
                on_open_callback=self._on_connection_open,
                on_open_error_callback=self._on_connection_lost,
                on_close_callback=self._on_connection_lost,
            )

    def _on_connection_open(self, connection: Any) -> None:
        self._connection = connection
        connection.channel(on_open_callback=self._on_channel_open)
        for follow in self._followers:
            follow(connection)

    def _on_channel_open(self, channel: Channel) -> None:
        channel.add_on_return_callback(self._on_return)
        channel.add_on_close_callback(self._on_channel_close)
        # Without the exchange the channel is closed here, and opened again, until an administrator has declared it.
        channel.exchange_declare(RPC, "topic", passive=True)
        channel.basic_consume(
            DIRECT_REPLY, self._on_reply, auto_ack=True, callback=lambda _: self._mark_open(channel)
        )

    def _mark_open(self, channel: Channel) -> None:
        self._channel = channel
        self._pause = 0.1
        self._opened.set()

    def _on_reply(self, _channel: Channel, _method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        waiting = self._waiting.get(str(properties.correlation_id))
        if waiting is not None and not waiting.done():
            waiting.set_result(body)

    def _on_return(self, _channel: Channel, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        waiting = self._waiting.get(str(properties.correlation_id))
        if waiting is not None and not waiting.done():
            waiting.set_exception(ServiceUnavailable())

    def _on_channel_close(self, _channel: Channel, _reason: Any) -> None:
        self._channel = None
        if self._connection is not None and self._connection.is_open:
            self._connection.close()

    def _on_connection_lost(self, _connection: Any, reason: Any) -> None:
        """Fail all waiting calls, and reconnect after a growing pause."""
        self._channel = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ServiceUnavailable())
        if not self._closing:
            structlog.get_logger().warning("broker_away", error=type(reason).__name__)
            asyncio.get_running_loop().call_later(self._pause, self._open_connection)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
