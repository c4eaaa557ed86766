"""Responses of server-sent events: sent as they happen, never compressed, ended when the browser has gone."""

import asyncio
from collections.abc import AsyncIterator, Callable

from litestar.types import Receive, Scope, Send

HEADERS = [
    (b"content-type", b"text/event-stream"),
    # Proxies would wait for more before they pass an event on.
    (b"x-accel-buffering", b"no"),
]


def event(name: str) -> bytes:
    """An event, which browsers dispatch only with data."""
    return f"event: {name}\ndata: 1\n\n".encode()


class EventStream:
    """An ASGI response; `close` is called at its end, however it ends."""

    def __init__(self, events: AsyncIterator[bytes], close: Callable[[], None]) -> None:
        self._events = events
        self._close = close

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send what there is until it ends, or the browser has gone."""
        sending, gone = asyncio.create_task(self._send(send)), asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            gone.cancel()
            self._close()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        async for chunk in self._events:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
