"""Helpers for the tests of uploads and downloads."""

import socket

from aiohttp import web

from contracts.records.api import Records
from tests.integration.gateway.builders import (
    CONTENT_PATH,
    DOCUMENTS,
)
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices

MEGABYTE = 1 << 20
ETAG = '"9f2c4e"'


def upload_head(token: str, length: int) -> bytes:
    return (
        f"POST {DOCUMENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()


def download_head(token: str) -> bytes:
    return f"GET {CONTENT_PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def receive_all(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def serve(content: bytes, documents: FakeDocuments) -> list[web.Request]:
    """Let documents serve `content` with an ETag and ranges; returns the list of its requests."""
    requests: list[web.Request] = []

    async def send_content(request: web.Request) -> web.Response:
        requests.append(request)
        size, headers = len(content), {"ETag": ETAG}
        if request.headers.get("If-None-Match") == ETAG:
            return web.Response(status=304, headers=headers)
        if "Range" not in request.headers:
            return web.Response(body=content, headers=headers)
        first, _, last = request.headers["Range"].removeprefix("bytes=").partition("-")
        if int(first) >= size:
            return web.Response(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        return web.Response(status=206, body=content[int(first) : int(last) + 1], headers=headers)

    documents.on_get = send_content
    return requests


def was_registered(services: FakeServices) -> bool:
    return any(received.route == Records.deposit_document.route for received in services.received)
