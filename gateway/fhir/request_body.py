"""Reading of a FHIR resource from a request: base64 content is spooled to disk, the rest is validated."""

import asyncio
from binascii import Error, a2b_base64
from collections.abc import Collection
from types import TracebackType
from typing import Any

import fhirkit
import msgspec
from litestar.types import Receive

from contracts.errors.execution import RequestTooLarge, RequestTypeUnsupported
from contracts.errors.request import InvalidRequest, RequestStalled
from gateway.clients import ApiRequest
from gateway.fhir.bindings import check_codes
from gateway.fhir.json_scanner import JsonScanner
from gateway.fhir.responses import FHIR_JSON

_ACCEPTED_TYPES = {FHIR_JSON, "application/json", "application/json+fhir"}
_BODY_LIMIT = 200_000_000
"""Maximum bytes of one request; each document in it has its own, smaller limit."""
_MAX_VALUES, _MAX_ELEMENTS, _MAX_DEPTH = 50_000, 100, 50
"""Values of a resource in all, elements of one object, objects and lists within one another."""


class IncomingResource:
    """A resource, `content`, and its spooled attachments, which are deleted on exit."""

    def __init__(self, content: dict[str, Any], scanner: JsonScanner) -> None:
        self.content = content
        self._scanner = scanner

    def __enter__(self) -> "IncomingResource":
        return self

    def __exit__(self, *_: "type[BaseException] | BaseException | TracebackType | None") -> None:
        self._scanner.close()

    def attachment(self, data: str) -> tuple[Receive, int]:
        """The bytes of a base64Binary as an ASGI receive, and their number.

        Args:
            data: the value in `content`: base64, or the name of a spooled part.

        Raises:
            InvalidRequest: no base64, or empty.
        """
        part = self._scanner.parts.get(data)
        if part is not None:
            return part.receive(), part.size
        try:
            # White space is allowed (FHIR R4, base64Binary).
            plain = a2b_base64("".join(data.split()), strict_mode=True)
        except (Error, ValueError):
            raise InvalidRequest(field="data") from None
        if not plain:
            raise InvalidRequest(field="data")
        return _as_receive(plain), len(plain)


def _as_receive(plain: bytes) -> Receive:
    async def receive() -> Any:
        return {"type": "http.request", "body": plain, "more_body": False}

    return receive


async def read_resource(request: ApiRequest) -> dict[str, Any]:
    """Read and validate a resource without contents, within the size of any other body.

    Raises:
        RequestTypeUnsupported, RequestTooLarge, RequestStalled, InvalidRequest: with the name of the element.
    """
    _check_type(request)
    return _validated(await request.limited_body())


async def read_deposit(request: ApiRequest) -> IncomingResource:
    """Read and validate a resource with contents, which are spooled to disk; raises as `read_resource`.

    Raises:
        SubmissionSetTooLarge: more contents than any submission set may have.
    """
    _check_type(request)
    scanner = JsonScanner()
    try:
        await _scan(request, scanner)
        return IncomingResource(_validated(scanner.skeleton()), scanner)
    except BaseException:
        scanner.close()
        raise


def _check_type(request: ApiRequest) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _ACCEPTED_TYPES:
        raise RequestTypeUnsupported(expected=FHIR_JSON)


async def _scan(request: ApiRequest, scanner: JsonScanner) -> None:
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


def _validated(skeleton: bytes) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(skeleton, type=dict[str, Any])
        _check_shape(content)
        issues = fhirkit.validate(content)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise InvalidRequest(field="body") from None
    for issue in issues:
        if issue.severity == "error":
            raise InvalidRequest(field=issue.path[:200])
    check_codes(content)
    return content


def _check_shape(content: dict[str, Any]) -> None:
    """The validator's time grows with the square of an object's elements, and it holds the process meanwhile.

    Raises:
        InvalidRequest: more values, or elements of one object, than any resource has, or too deep.
    """
    level: list[Any] = [content]
    left = _MAX_VALUES
    for _ in range(_MAX_DEPTH):
        left -= len(level)
        if left < 0:
            break
        level = [item for value in level for item in _items_in(value)]
        if not level:
            return
    raise InvalidRequest(field="body")


def _items_in(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        if len(value) > _MAX_ELEMENTS:
            raise InvalidRequest(field="body")
        return value.values()
    return value if isinstance(value, list) else ()
