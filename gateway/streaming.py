"""Content on its way between a client and the documents service, never held whole."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import msgspec
from litestar.types import Receive, Scope, Send

from chassis.tracing import current_traceparent
from contracts.documents import TICKET_HEADER, SignedReceipt
from contracts.envelope import Problem
from contracts.errors import (
    ContentTruncated,
    DeadlineExceeded,
    Refusal,
    RequestStalled,
    ServiceUnavailable,
    TicketInvalid,
    refusal_from,
)
from contracts.records import Content, Ticket
from contracts.vocabulary import ContentId

_CONNECT_SECONDS = 2.0
_ANSWER_SECONDS = 10.0
"""For documents to encrypt, store and confirm once it has the last byte, or to bring the first one."""
_READ_BUFFER = 1 << 20
_NO_SUCH_RANGE = 416
# Shorter than documents keeps an idle connection, so that none is used while it is being closed.
_IDLE_SECONDS = 15.0

_decode_receipt = msgspec.json.Decoder(SignedReceipt).decode
_decode_problem = msgspec.json.Decoder(Problem).decode


class ContentUpload:
    """The body of one request, passed on as it comes.

    `waiting`: for the client just now. `finished`: every byte went out. `refusal`: why it stopped before.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.finished = False
        self.waiting = False
        self.refusal: Refusal | None = None

    async def chunks(self, patience: asyncio.Timeout, seconds: float) -> AsyncIterator[bytes]:
        """Every chunk; `patience` is renewed by `seconds` with each.

        Raises:
            ContentTruncated: the client went away.
        """
        loop = asyncio.get_running_loop()
        while not self.finished:
            self.waiting = True
            message: Any = await self._receive()
            self.waiting = False
            patience.reschedule(loop.time() + seconds)
            if message["type"] == "http.disconnect":
                self.refusal = ContentTruncated()
                raise self.refusal
            if message["body"]:
                yield message["body"]
            self.finished = not message.get("more_body", False)


class ContentDownload:
    """An ASGI answer that carries out what documents gives; the ticket is spent, so it is sent once."""

    def __init__(self, source: aiohttp.ClientResponse, status: int, headers: dict[str, str]) -> None:
        self._source = source
        self._status = status
        self._headers = headers

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything, of which the server keeps the body back where only the head was asked for; stops when
        the client leaves.

        Raises:
            ClientError, TimeoutError: the source broke off, so the answer must too, for its length is promised.
        """
        gone = asyncio.create_task(_until_gone(receive))
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self._headers.items()]
        try:
            await send({"type": "http.response.start", "status": self._status, "headers": headers})
            async for chunk in self._source.content.iter_any():
                if gone.done():
                    return
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            # Closing what was read to its end gives the connection back; what was not is cut.
            self._source.close()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class DataPlane:
    """The documents service's door for bytes."""

    def __init__(self, url: str, stall_seconds: float) -> None:
        self._url = url
        self._stall_seconds = stall_seconds
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_ANSWER_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            read_bufsize=_READ_BUFFER,
        )

    async def close(self) -> None:
        """Hang up."""
        await self._session.close()

    async def is_reachable(self) -> bool:
        """Whether the service answers."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                async with self._session.get(f"{self._url}/health/live") as response:
                    return response.ok
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def upload(self, ticket: Ticket, receive: Receive, length: int) -> str:
        """Carry a request's body of `length` bytes to its place; the signed receipt for it.

        Raises:
            RequestStalled, ContentTruncated: the client stood still or left.
            Refusal: what documents answered. DeadlineExceeded, ServiceUnavailable: it did not.
        """
        upload = ContentUpload(receive)
        try:
            async with asyncio.timeout(self._stall_seconds) as patience:
                response = await self._session.put(
                    self._place(ticket.content_id),
                    data=upload.chunks(patience, self._stall_seconds),
                    headers={"content-length": str(length)} | _pass(ticket.ticket),
                )
                answer = await _answer_of(response, upload)
        except TimeoutError:
            raise (RequestStalled if upload.waiting else DeadlineExceeded) from None
        except aiohttp.ClientError:
            raise upload.refusal or ServiceUnavailable() from None
        return _decode_receipt(answer).receipt

    async def download(self, content: Content, wish: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Open the bytes of a document, or as many as the headers of `wish` ask for (200, 206, 304, 416).

        Raises:
            Refusal: what documents answered. DeadlineExceeded, ServiceUnavailable: it did not.
        """
        try:
            response = await self._session.get(
                self._place(content.content_id), headers=_pass(content.ticket) | dict(wish)
            )
            if not (response.ok or response.status == _NO_SUCH_RANGE):
                await _answer_of(response, None)
        except TimeoutError:
            raise DeadlineExceeded from None
        except aiohttp.ClientError:
            raise ServiceUnavailable from None
        return response

    async def small(self, content: Content) -> bytes:
        """The whole of what documents makes of a content, where that is small; raises as `download`."""
        response = await self.download(content, {})
        try:
            return await response.content.read()
        except (aiohttp.ClientError, TimeoutError):
            raise ServiceUnavailable from None
        finally:
            response.release()

    def _place(self, content_id: ContentId) -> str:
        return f"{self._url}/contents/{content_id}"


def _pass(ticket: str) -> dict[str, str]:
    return {TICKET_HEADER: ticket, "traceparent": current_traceparent()}


async def _answer_of(response: aiohttp.ClientResponse, upload: ContentUpload | None) -> bytes:
    """The body of a small answer, even when it comes before the upload has ended.

    Raises:
        Refusal: the answer is one.
    """
    try:
        # Not response.read(): that one waits until the whole upload has been sent.
        answer = await response.content.read()
    finally:
        if upload is None or upload.finished:
            response.release()
        else:
            response.close()
    if response.ok:
        return answer
    raise _refusal_in(answer)


def _refusal_in(answer: bytes) -> Refusal:
    try:
        refusal = refusal_from(_decode_problem(answer))
    except msgspec.MsgspecError:
        return ServiceUnavailable()
    # Tickets are the house's own business: a spent one means that this transfer broke and must be begun again.
    return ServiceUnavailable() if isinstance(refusal, TicketInvalid) else refusal
