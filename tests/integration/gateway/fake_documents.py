"""The documents data plane as the gateway meets it: a real HTTP server that does as the test says."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from contracts.documents import TICKET_HEADER, SignedReceipt
from contracts.errors import Refusal

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]
RECEIPT = "the.signed.receipt"


@dataclass
class ArrivedRequest:
    """What came in of one upload; `complete` says whether its end was reached."""

    content_id: str
    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)
    complete: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class FakeDocuments:
    """A server in a thread of its own; `arrived` are the uploads in their order."""

    def __init__(self) -> None:
        self.arrived: list[ArrivedRequest] = []
        self.fetched: list[str] = []
        self.loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        self.port = 0
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.forget()
        self.open()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """Back to taking and giving everything, as before a test."""
        self.arrived.clear()
        self.fetched.clear()
        self.content = b""
        self.take: Serve = self.take_all
        self.give: Serve = self.give_all

    def open(self) -> None:
        """Listen; on the same port as before after a `shut`."""
        self._run(self._open())

    def shut(self) -> None:
        """Stop listening and drop every connection."""
        assert self._runner is not None
        self._run(self._runner.cleanup())

    def close(self) -> None:
        """The end."""
        self.shut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def take_all(self, request: web.Request) -> web.Response:
        """Take an upload to its end and give the receipt."""
        arrived = await self._arrive(request)
        if not arrived.complete:
            return web.Response(status=400)
        return web.Response(body=msgspec.json.encode(SignedReceipt(receipt=RECEIPT)))

    async def give_all(self, request: web.Request) -> web.Response:
        """Give the content."""
        self.fetched.append(request.headers[TICKET_HEADER])
        return web.Response(body=self.content)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        return await (self.take if request.method == "PUT" else self.give)(request)

    async def _arrive(self, request: web.Request) -> ArrivedRequest:
        arrived = ArrivedRequest(request.match_info["content_id"], dict(request.headers))
        self.arrived.append(arrived)
        try:
            async for chunk in request.content.iter_any():
                arrived.body += chunk
            arrived.complete = len(arrived.body) == request.content_length
        except (ConnectionError, web.RequestPayloadError, asyncio.CancelledError):
            pass
        finally:
            arrived.ended.set()
        return arrived

    async def _open(self) -> None:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_put("/contents/{content_id}", self._serve)
        app.router.add_get("/contents/{content_id}", self._serve)
        app.router.add_get("/health/live", self._live)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    @staticmethod
    async def _live(_: web.Request) -> web.Response:
        return web.Response(text="live\n")

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)


def refusing(refusal: Refusal, status: int = 400) -> Serve:
    """Refuse at once, before a byte of the body is read."""

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=status, body=msgspec.json.encode(refusal.problem()))

    return refuse
