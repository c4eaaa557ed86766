"""A fake of the documents data plane: a real HTTP server whose behaviour the test sets."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from email.utils import formatdate
from time import time
from typing import Any

import msgspec
from aiohttp import web

from contracts.documents import TICKET_HEADER, SignedReceipt
from contracts.errors.base import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RECEIPT = "the.signed.receipt"


@dataclass
class ReceivedUpload:
    """The received part of one upload; `complete`: all of its bytes; `ended`: set when reading stopped."""

    content_id: str
    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)
    complete: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class FakeDocuments:
    """A server in a thread; `uploads` in order; `fetched`: tickets of downloads; `seconds_ahead`: of its clock."""

    def __init__(self) -> None:
        self.uploads: list[ReceivedUpload] = []
        self.fetched: list[str] = []
        self.loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        self.port = 0
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.reset()
        self.open()

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Reset to the default behaviour, without uploads and downloads."""
        self.uploads.clear()
        self.fetched.clear()
        self.content = b""
        self.seconds_ahead = 0.0
        self.on_put: Handler = self.accept_upload
        self.on_get: Handler = self.send_content

    def open(self) -> None:
        """Listen; after `shut`, on the same port as before."""
        self._run(self._open())

    def shut(self) -> None:
        """Stop listening and drop every connection."""
        assert self._runner is not None
        self._run(self._runner.cleanup())

    def close(self) -> None:
        """Stop the server and its thread."""
        self.shut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def accept_upload(self, request: web.Request) -> web.Response:
        """Read an upload to its end and answer with the receipt."""
        upload = await self._receive(request)
        if not upload.complete:
            return web.Response(status=400)
        return web.Response(body=msgspec.json.encode(SignedReceipt(receipt=RECEIPT)))

    async def send_content(self, request: web.Request) -> web.Response:
        """Answer with `content`."""
        self.fetched.append(request.headers[TICKET_HEADER])
        return web.Response(body=self.content)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        return await (self.on_put if request.method == "PUT" else self.on_get)(request)

    async def _receive(self, request: web.Request) -> ReceivedUpload:
        upload = ReceivedUpload(request.match_info["content_id"], dict(request.headers))
        self.uploads.append(upload)
        try:
            async for chunk in request.content.iter_any():
                upload.body += chunk
            upload.complete = len(upload.body) == request.content_length
        except (ConnectionError, web.RequestPayloadError, asyncio.CancelledError):
            pass
        finally:
            upload.ended.set()
        return upload

    async def _open(self) -> None:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_put("/contents/{content_id}", self._serve)
        app.router.add_get("/contents/{content_id}", self._serve)
        app.router.add_get("/clinical-data", self._serve)
        app.router.add_get("/health/live", self._live)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _live(self, _: web.Request) -> web.Response:
        return web.Response(text="live\n", headers={"Date": formatdate(time() + self.seconds_ahead, usegmt=True)})

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)


def refusing(refusal: Refusal, status: int = 400) -> Handler:
    """A handler that refuses before it reads the body."""

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=status, body=msgspec.json.encode(refusal.problem()))

    return refuse
