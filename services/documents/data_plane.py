"""HTTP of the data plane: requests as handlers take them, answers to clients; only this module knows status codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import msgspec

from chassis.http import HttpRequest, HttpResponse
from contracts.documents import TICKET_HEADER, SignedReceipt
from contracts.errors.base import (
    Conflict,
    Contradiction,
    Forbidden,
    Malformed,
    Missing,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from contracts.errors.execution import LengthRequired
from contracts.vocabulary import ContentId
from services.documents.ranges import RangeKind, RangeRequest, RangeResult
from services.documents.rendering.files import PageHead
from services.documents.streaming import UploadBody

_STATUS: dict[type[Refusal], int] = {
    LengthRequired: 411,
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    TooLarge: 413,
    Unsupported: 415,
    Contradiction: 422,
    TooMany: 429,
    Unavailable: 503,
}
"""By refusal or its category; fewer than at the gateway, since only the gateway is a client."""

_JSON = "application/json"
_LINES = "application/x-ndjson"
_BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """`content_id`: the id the content gets. `length`: announced bytes, None without Content-Length."""

    ticket: str
    content_id: ContentId
    length: int | None
    body: UploadBody


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A ticket, the content it is shown for, and the range headers."""

    ticket: str
    content_id: ContentId
    range_request: RangeRequest


@dataclass(frozen=True, slots=True)
class DownloadResponse:
    """What is sent of a content of `size` bytes; `frames` are read and decrypted while they are sent.

    `page`: they are shown as a page, of `size` bytes.
    """

    range_result: RangeResult
    etag: str
    size: int
    frames: Iterator[bytes]
    page: PageHead | None = None


@dataclass(frozen=True, slots=True)
class ClinicalDataRequest:
    """A ticket, which names what is read."""

    ticket: str


def read_clinical_data_request(request: HttpRequest) -> ClinicalDataRequest:
    """A reading of clinical data."""
    return ClinicalDataRequest(ticket=request.headers.get(TICKET_HEADER, ""))


def answer_clinical_data(lines: Iterator[bytes]) -> HttpResponse:
    """200 with a line of JSON for each content."""
    return HttpResponse(lines, status=200, content_type=_LINES)


def read_upload(request: HttpRequest, content_id: UUID) -> UploadRequest:
    """An upload; its body is not read yet."""
    return UploadRequest(
        ticket=request.headers.get(TICKET_HEADER, ""),
        content_id=ContentId(content_id),
        length=request.content_length,
        body=request.environ["wsgi.input"],
    )


def read_download(request: HttpRequest, content_id: UUID) -> DownloadRequest:
    """A download."""
    return DownloadRequest(
        ticket=request.headers.get(TICKET_HEADER, ""),
        content_id=ContentId(content_id),
        range_request=RangeRequest(
            range=request.headers.get("Range", ""),
            if_range=request.headers.get("If-Range", ""),
            if_none_match=request.headers.get("If-None-Match", ""),
        ),
    )


def answer_upload(signed: SignedReceipt) -> HttpResponse:
    """201 with the receipt: the bytes are durable."""
    return HttpResponse(msgspec.json.encode(signed), status=201, content_type=_JSON)


def answer_download(response: DownloadResponse) -> HttpResponse:
    """200 with everything or a page, 206 with a part, 304 for known content, 416 for a range beyond its end."""
    if response.page is not None:
        headers = {"Content-Security-Policy": response.page.policy, "Content-Length": str(response.size)}
        return HttpResponse(response.frames, status=200, headers=headers, content_type=response.page.media_type)
    span, headers = response.range_result.span, {"ETag": response.etag, "Accept-Ranges": "bytes"}
    match response.range_result.kind:
        case RangeKind.KNOWN:
            return HttpResponse(status=304, headers=headers)
        case RangeKind.BEYOND:
            return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{response.size}"})
        case RangeKind.PART:
            status = 206
            headers["Content-Range"] = f"bytes {span.first}-{span.last}/{response.size}"
        case RangeKind.WHOLE:
            status = 200
    headers["Content-Length"] = str(span.size)
    return HttpResponse(response.frames, status=status, headers=headers, content_type=_BYTES)


def answer_refusal(refusal: Refusal) -> HttpResponse:
    """The refusal's status with its Problem."""
    status = next(_STATUS[kind] for kind in type(refusal).__mro__ if kind in _STATUS)
    return HttpResponse(msgspec.json.encode(refusal.problem()), status=status, content_type=_JSON)
