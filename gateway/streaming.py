"""Content streamed between clients and the documents service; never in memory as a whole."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import msgspec
from litestar.types import Receive, Scope, Send

from chassis.tracing import current_traceparent
from contracts.documents import TICKET_HEADER, SignedReceipt
from contracts.envelope import Problem
from contracts.errors.base import Refusal
from contracts.errors.execution import (
    ContentTooLarge,
    ContentTruncated,
    DeadlineExceeded,
    ServiceUnavailable,
    TicketInvalid,
)
from contracts.errors.registry import refusal_from
from contracts.errors.request import RequestStalled
from contracts.records.deposits import Ticket
from contracts.records.documents import ContentTicket
from contracts.vocabulary import ContentId

_CONNECT_SECONDS = 2.0
_READ_SECONDS = 10.0
"""Read timeout: documents encrypts, stores and confirms after the last byte of an upload."""
_READ_BUFFER = 1 << 20
_RANGE_NOT_SATISFIABLE = 416
# Shorter than the keep-alive of documents, so that no connection is reused while the server closes it.
_IDLE_SECONDS = 15.0

_decode_receipt = msgspec.json.Decoder(SignedReceipt).decode
_decode_problem = msgspec.json.Decoder(Problem).decode


class ContentUpload:
    """The body of one request, forwarded as it arrives.

    `waiting`: for the next chunk of the client. `finished`: the whole body was read. `refusal`: why reading stopped.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.finished = False
        self.waiting = False
        self.refusal: Refusal | None = None

    async def chunks(self, timeout: asyncio.Timeout, seconds: float) -> AsyncIterator[bytes]:
        """Every chunk; each one extends `timeout` by `seconds`.

        Raises:
            ContentTruncated: the client disconnected.
        """
        loop = asyncio.get_running_loop()
        while not self.finished:
            self.waiting = True
            message: Any = await self._receive()
            self.waiting = False
            timeout.reschedule(loop.time() + seconds)
            if message["type"] == "http.disconnect":
                self.refusal = ContentTruncated()
                raise self.refusal
            if message["body"]:
                yield message["body"]
            self.finished = not message.get("more_body", False)


class ContentDownload:
    """An ASGI response that forwards a response of documents. It can be sent once: the ticket is used up."""

    def __init__(self, source: aiohttp.ClientResponse, status: int, headers: dict[str, str]) -> None:
        self._source = source
        self._status = status
        self._headers = headers

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send head and body, until the client disconnects; for a HEAD request the server drops the body.

        Raises:
            ClientError, TimeoutError: the source failed. The response must be aborted: its length was announced.
        """
        disconnected = asyncio.create_task(_wait_for_disconnect(receive))
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self._headers.items()]
        try:
            await send({"type": "http.response.start", "status": self._status, "headers": headers})
            async for chunk in self._source.content.iter_any():
                if disconnected.done():
                    return
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            disconnected.cancel()
            # Closing returns the connection to the pool if the response was read to its end, and aborts it otherwise.
            self._source.close()


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class DataPlane:
    """HTTP client of the documents service's data plane."""

    def __init__(self, url: str, stall_seconds: float) -> None:
        self._url = url
        self._stall_seconds = stall_seconds
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_READ_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            read_bufsize=_READ_BUFFER,
        )

    async def close(self) -> None:
        await self._session.close()

    async def time(self) -> float | None:
        """The time of documents in whole seconds (Unix time), or None if it cannot be reached."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                async with self._session.get(f"{self._url}/health/live") as response:
                    return parsedate_to_datetime(response.headers["Date"]).timestamp() if response.ok else None
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
            return None

    async def upload(self, ticket: Ticket, receive: Receive, length: int) -> str:
        """Upload a request's body of `length` bytes; returns the signed receipt.

        Raises:
            RequestStalled, ContentTruncated: the client stopped sending, or disconnected.
            Refusal: the answer of documents. DeadlineExceeded, ServiceUnavailable: documents did not answer.
        """
        upload = ContentUpload(receive)
        try:
            async with asyncio.timeout(self._stall_seconds) as timeout:
                response = await self._session.put(
                    self._url_of(ticket.content_id),
                    data=upload.chunks(timeout, self._stall_seconds),
                    headers={"content-length": str(length)} | _headers(ticket.ticket),
                )
                reply = await _read_reply(response, upload)
        except TimeoutError:
            raise (RequestStalled if upload.waiting else DeadlineExceeded) from None
        except aiohttp.ClientError:
            raise upload.refusal or ServiceUnavailable() from None
        return _decode_receipt(reply).receipt

    async def download(self, content: ContentTicket, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """Open a response with the content, or with what conditional and range `headers` select (200, 206, 304, 416).

        Raises:
            Refusal: the answer of documents. DeadlineExceeded, ServiceUnavailable: documents did not answer.
        """
        try:
            response = await self._session.get(
                self._url_of(content.content_id), headers=_headers(content.ticket) | dict(headers)
            )
            if not (response.ok or response.status == _RANGE_NOT_SATISFIABLE):
                await _read_reply(response, None)
        except TimeoutError:
            raise DeadlineExceeded from None
        except aiohttp.ClientError:
            raise ServiceUnavailable from None
        return response

    async def read_small(self, content: ContentTicket, most: int) -> bytes:
        """The whole body, for content that documents renders to a small one.

        Raises:
            ContentTooLarge: it has more than `most` bytes. Others as `download`.
        """
        response = await self.download(content, {})
        try:
            if (response.content_length or 0) > most:
                response.close()
                raise ContentTooLarge(limit=str(most))
            return await response.content.read()
        except (aiohttp.ClientError, TimeoutError):
            raise ServiceUnavailable from None
        finally:
            response.release()

    async def read_lines(self, ticket: str) -> AsyncGenerator[bytes]:
        """The lines of clinical data that a ticket allows, as they come.

        Raises:
            Refusal: the answer of documents. DeadlineExceeded, ServiceUnavailable: documents did not answer.
        """
        try:
            async with self._session.get(f"{self._url}/clinical-data", headers=_headers(ticket)) as response:
                if not response.ok:
                    await _read_reply(response, None)
                rest = b""
                async for chunk in response.content.iter_any():
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        yield line
        except TimeoutError:
            raise DeadlineExceeded from None
        except aiohttp.ClientError:
            raise ServiceUnavailable from None

    def _url_of(self, content_id: ContentId) -> str:
        return f"{self._url}/contents/{content_id}"


def _headers(ticket: str) -> dict[str, str]:
    return {TICKET_HEADER: ticket, "traceparent": current_traceparent()}


async def _read_reply(response: aiohttp.ClientResponse, upload: ContentUpload | None) -> bytes:
    """The body of a small reply, which may arrive before the upload has ended.

    Raises:
        Refusal: the reply carries one.
    """
    try:
        # Not response.read(): it would wait until the whole upload was sent.
        reply = await response.content.read()
    finally:
        if upload is None or upload.finished:
            response.release()
        else:
            response.close()
    if response.ok:
        return reply
    raise _refusal_in(reply)


def _refusal_in(reply: bytes) -> Refusal:
    try:
        refusal = refusal_from(_decode_problem(reply))
    except msgspec.MsgspecError:
        return ServiceUnavailable()
    # Clients know nothing of tickets: an invalid one means that this transfer failed and must be retried.
    return ServiceUnavailable() if isinstance(refusal, TicketInvalid) else refusal
