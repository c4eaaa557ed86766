"""How the data plane answers over HTTP: the one place of this service that knows status numbers."""

import msgspec

from chassis.http import HttpResponse
from contracts import errors
from contracts.documents import SignedReceipt
from contracts.errors import Refusal
from services.documents.handlers.transfers import Outgoing
from services.documents.ranges import RangeKind

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
_BYTES = "application/octet-stream"


def receipt(signed: SignedReceipt) -> HttpResponse:
    """The bytes are durable."""
    return HttpResponse(msgspec.json.encode(signed), status=201, content_type=_JSON)


def content(out: Outgoing) -> HttpResponse:
    """The bytes as they come: whole, a part, or none since the reader has them or asked for what is not there."""
    if out.page is not None:
        headers = {"Content-Security-Policy": out.page.policy, "Content-Length": str(len(out.page.body))}
        return HttpResponse(out.page.body, status=200, headers=headers, content_type=out.page.media_type)
    span, headers = out.resolved.span, {"ETag": out.etag, "Accept-Ranges": "bytes"}
    match out.resolved.kind:
        case RangeKind.KNOWN:
            return HttpResponse(status=304, headers=headers)
        case RangeKind.BEYOND:
            return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{out.size}"})
        case RangeKind.PART:
            status = 206
            headers["Content-Range"] = f"bytes {span.first}-{span.last}/{out.size}"
        case RangeKind.WHOLE:
            status = 200
    headers["Content-Length"] = str(span.size)
    return HttpResponse(out.frames, status=status, headers=headers, content_type=_BYTES)


def refused(refusal: Refusal) -> HttpResponse:
    """A Problem."""
    status = next(_STATUS[kind] for kind in type(refusal).__mro__ if kind in _STATUS)
    return HttpResponse(msgspec.json.encode(refusal.problem()), status=status, content_type=_JSON)
