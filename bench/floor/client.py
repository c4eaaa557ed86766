"""Who asks the two services: pika on asyncio, each call one packet, matched with its answer by number."""

import asyncio
from collections.abc import Sequence
from itertools import count
from time import time
from typing import Any

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from bench.floor import messages
from bench.floor.messages import DIRECT_REPLY, EXCHANGE, FAILED, ROUTES, Context, Refused, Word

_SECONDS = 3.0
_READ_BYTES = 1 << 17


class _WholePackets(AsyncioConnection):
    """pika sends each frame by itself, on the next turn of the loop, and reads 4 KiB at a time."""

    _line: Any

    def _proto_connection_made(self, transport: Any) -> None:
        transport._MAX_RECV_BYTES = _READ_BYTES
        self._line = transport
        super()._proto_connection_made(transport)

    def _output_marshaled_frames(self, marshaled_frames: Sequence[bytes]) -> None:
        super()._output_marshaled_frames([b"".join(marshaled_frames)])
        self._line._on_socket_writable()


class EchoClient:
    """Asks with a token; `connect` makes one."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._numbers = count(1)
        self._opened: asyncio.Future[Channel] = asyncio.get_running_loop().create_future()
        self._connection: Any = None
        self._channel: Any = None

    @classmethod
    async def connect(cls, url: str, token: str) -> "EchoClient":
        """Open a connection on which answers come back."""
        client = cls(token)
        client._connection = _WholePackets(
            pika.URLParameters(url),
            on_open_callback=lambda opened: opened.channel(on_open_callback=client._consume),
            on_open_error_callback=client._lost,
            on_close_callback=client._lost,
        )
        client._channel = await client._opened
        return client

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    async def say(self, text: str, *, hops: int) -> str:
        """What comes back of it.

        Raises:
            Refused: what the services answered, or that they did not.
        """
        context = Context(token=self._token, deadline=time() + _SECONDS)
        return messages.answer_in(await self._ask(ROUTES[hops], messages.question(Word(text), context))).text

    async def _ask(self, route: str, body: bytes) -> bytes:
        number = str(next(self._numbers))
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        properties = pika.BasicProperties(
            reply_to=DIRECT_REPLY,
            correlation_id=number,
            expiration=str(int(_SECONDS * 1000)),
            delivery_mode=1,
            **messages.OPAQUE,
        )
        try:
            self._channel.basic_publish(EXCHANGE, route, body, properties, mandatory=True)
            async with asyncio.timeout(_SECONDS):
                answer: bytes = await waiting
                return answer
        except TimeoutError:
            raise Refused(FAILED) from None
        finally:
            self._waiting.pop(number, None)

    def _consume(self, channel: Channel) -> None:
        channel.add_on_return_callback(self._returned)
        channel.basic_consume(
            DIRECT_REPLY, self._answered, auto_ack=True, callback=lambda _: self._opened.set_result(channel)
        )

    def _answered(self, _channel: Channel, _method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        waiting = self._waiting.get(str(properties.correlation_id))
        if waiting is not None and not waiting.done():
            waiting.set_result(body)

    def _returned(self, _channel: Channel, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        waiting = self._waiting.get(str(properties.correlation_id))
        if waiting is not None and not waiting.done():
            waiting.set_exception(Refused(FAILED))

    def _lost(self, _connection: Any, reason: BaseException) -> None:
        if not self._opened.done():
            self._opened.set_exception(reason)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Refused(FAILED))
