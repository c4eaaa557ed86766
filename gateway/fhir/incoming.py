"""A resource that comes in: read without its content being held, and valid before anything is done with it."""

import asyncio
from binascii import Error, a2b_base64
from types import TracebackType
from typing import Any

import fhirkit
import msgspec
from litestar.types import Receive

from contracts.errors import InvalidRequest, RequestStalled, RequestTooLarge, RequestTypeUnsupported
from gateway.clients import Caller
from gateway.fhir.answers import FHIR_JSON
from gateway.fhir.json_scanner import JsonScanner

_TAKEN = {FHIR_JSON, "application/json", "application/json+fhir"}
_BODY_LIMIT = 200_000_000
"""Bytes of one request; each document in it has its own, smaller limit."""


class Incoming:
    """A resource and the content it came with; what is kept of it is forgotten at the end."""

    def __init__(self, resource: dict[str, Any], scanner: JsonScanner) -> None:
        self.resource = resource
        self._scanner = scanner

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, *_: "type[BaseException] | BaseException | TracebackType | None") -> None:
        self._scanner.close()

    def content(self, data: str) -> tuple[Receive, int]:
        """The bytes behind a base64Binary, and how many.

        Raises:
            InvalidRequest: none.
        """
        part = self._scanner.parts.get(data)
        if part is not None:
            return part.receive(), part.size
        try:
            plain = a2b_base64(data, strict_mode=True)
        except (Error, ValueError):
            raise InvalidRequest(field="data") from None
        if not plain:
            raise InvalidRequest(field="data")
        return _once(plain), len(plain)


def _once(plain: bytes) -> Receive:
    async def receive() -> Any:
        return {"type": "http.request", "body": plain, "more_body": False}

    return receive


async def incoming(request: Caller) -> Incoming:
    """The resource in a request's body.

    Raises:
        RequestTypeUnsupported, RequestTooLarge, RequestStalled, InvalidRequest: naming the element at fault.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _TAKEN:
        raise RequestTypeUnsupported(expected=FHIR_JSON)
    scanner = JsonScanner()
    try:
        await _scan(request, scanner)
        return Incoming(_valid(scanner.skeleton()), scanner)
    except BaseException:
        scanner.close()
        raise


async def _scan(request: Caller, scanner: JsonScanner) -> None:
    seconds, size = request.clients.settings.stall_seconds, 0
    while True:
        try:
            async with asyncio.timeout(seconds):
                message: Any = await request.receive()
        except TimeoutError:
            raise RequestStalled from None
        if message["type"] == "http.disconnect":
            raise InvalidRequest(field="body")
        size += len(message["body"])
        if size > _BODY_LIMIT:
            raise RequestTooLarge(limit=str(_BODY_LIMIT))
        scanner.feed(message["body"])
        if not message.get("more_body", False):
            return


def _valid(skeleton: bytes) -> dict[str, Any]:
    try:
        resource = msgspec.json.decode(skeleton, type=dict[str, Any])
        issues = fhirkit.validate(resource)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise InvalidRequest(field="body") from None
    for issue in issues:
        if issue.severity == "error":
            raise InvalidRequest(field=issue.path[:200])
    return resource
