"""How the data plane answers over HTTP: the one place of this service that knows status numbers."""

from collections.abc import Iterator

import msgspec

from chassis.http import HttpResponse
from contracts import errors
from contracts.documents import SignedReceipt
from contracts.errors import Refusal

_STATUS: dict[type[Refusal], int] = {
    errors.LengthRequired: 411,
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.Missing: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Unsupported: 415,
    errors.Contradiction: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
"""By leaf or category; an internal door, so fewer words than the gateway's."""

_JSON = "application/json"


def receipt(signed: SignedReceipt) -> HttpResponse:
    """The bytes are durable."""
    return HttpResponse(msgspec.json.encode(signed), status=201, content_type=_JSON)


def content(size: int, frames: Iterator[bytes]) -> HttpResponse:
    """`size` bytes as they come."""
    return HttpResponse(frames, headers={"Content-Length": str(size)}, content_type="application/octet-stream")


def refused(refusal: Refusal) -> HttpResponse:
    """A Problem."""
    status = next(_STATUS[kind] for kind in type(refusal).__mro__ if kind in _STATUS)
    return HttpResponse(msgspec.json.encode(refusal.problem()), status=status, content_type=_JSON)
