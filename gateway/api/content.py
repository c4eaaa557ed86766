"""The content of a document, streamed from the documents service."""

from collections.abc import Callable, Mapping
from mimetypes import guess_extension

from litestar import get, route
from litestar.enums import HttpMethod
from litestar.openapi import ResponseSpec
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_206_PARTIAL_CONTENT,
    HTTP_304_NOT_MODIFIED,
    HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE,
)
from litestar.types import ASGIApp

from contracts.documents import ContentForm
from contracts.errors.execution import RangeBeyond
from contracts.errors.request import InvalidRequest
from contracts.records.api import Records
from contracts.records.documents import Document, ReadDocument
from contracts.vocabulary import AccessMode, DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, Mode, PatientInPath, Secret
from gateway.clients import ApiRequest
from gateway.errors import preferred_language
from gateway.guards import ROLES
from gateway.streaming import ContentDownload

_CONDITIONAL_HEADER = "if-none-match"
_RANGE_HEADERS = ("range", "if-range")
_MAX_HEADER = 4_096
_FIRST_BYTE = {"range": "bytes=0-0"}
"""Requested from documents for HEAD: the headers of its response hold for the whole, and are authenticated."""

_PAGE_HEADERS = ("content-type", "content-length", "content-security-policy")
_SHOWN_INLINE = frozenset({"text/html", "text/plain", "application/pdf", "image/jpeg", "image/png"})
"""What browsers show by themselves, and documents has rendered or recognised; anything else is saved."""
_EXTENSIONS = {"text/rtf": ".rtf"}
"""Unknown to Python."""
_FORWARDED_HEADERS = {
    HTTP_200_OK: ("etag",),
    HTTP_206_PARTIAL_CONTENT: ("etag", "content-range", "content-length"),
    HTTP_304_NOT_MODIFIED: ("etag",),
}
"""Status of the response of documents -> its headers that the client receives."""


def _bytes(description: str) -> ResponseSpec:
    return ResponseSpec(data_container=bytes, generate_examples=False, media_type="*/*", description=description)


def _nothing(description: str) -> ResponseSpec:
    return ResponseSpec(data_container=None, generate_examples=False, description=description)


@route(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/content",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Records.open_content.roles},
    responses={
        HTTP_200_OK: _bytes("Le document, octet pour octet, sous son propre type · the document under its own type"),
        HTTP_206_PARTIAL_CONTENT: _bytes("La plage demandée (Range, If-Range) · the range that was asked for"),
        HTTP_304_NOT_MODIFIED: _nothing("Déjà connu (If-None-Match) · known already"),
    },
    tags=["Documents"],
    summary="Lire un document",
)
async def read_content(
    request: ApiRequest,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    mode: Mode = AccessMode.NORMAL,
    secret: Secret = False,
) -> ASGIApp:
    """Read the document (TD3.2), byte for byte as deposited, or a range of it; each request counts as a reading."""
    message = ReadDocument(
        patient_id=PatientId(patient_id), document_id=DocumentId(document_id), mode=mode, secret=secret
    )
    return await download(request, message)


def _as_stored(media_type: str) -> str:
    return media_type


async def download(
    request: ApiRequest, message: ReadDocument, sent_as: Callable[[str], str] = _as_stored
) -> ContentDownload:
    """The content, or the range or head that the HTTP request selects; each call is recorded as a reading.

    Args:
        sent_as: from the media type of the content to the one that the client receives.

    Raises:
        NotAcceptable: by `sent_as`.
        Refusal: from records or documents. RangeBeyond: the range starts after the end.
    """
    content = await request.call(Records.open_content, message)
    media_type = sent_as(content.document.media_type)
    is_head = request.method == HttpMethod.HEAD
    names = (_CONDITIONAL_HEADER,) if is_head else (_CONDITIONAL_HEADER, *_RANGE_HEADERS)
    selection = _request_headers(request, *names) | (_FIRST_BYTE if is_head else {})
    source = await request.clients.data_plane.download(content, selection)
    if source.status == HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE:
        source.release()
        raise RangeBeyond(size=str(content.document.size))
    status = HTTP_200_OK if is_head and source.status == HTTP_206_PARTIAL_CONTENT else source.status
    return ContentDownload(source, status, _response_headers(status, source.headers, content.document, media_type))


def _request_headers(request: ApiRequest, *names: str) -> dict[str, str]:
    """Those sent; raises InvalidRequest for what the server of the documents service does not read as a header."""
    sent = {name: ", ".join(values) for name in names if (values := request.headers.getall(name, []))}
    for name, value in sent.items():
        if len(value) > _MAX_HEADER or not (value.isascii() and value.isprintable()):
            raise InvalidRequest(field=name)
    return sent


def _response_headers(
    status: int, received: Mapping[str, str], document: Document, media_type: str
) -> dict[str, str]:
    """Headers for the client, from those `received` from documents."""
    headers = {"accept-ranges": "bytes"} | {
        name: received[name] for name in _FORWARDED_HEADERS[status] if name in received
    }
    if status == HTTP_200_OK:
        headers["content-length"] = str(document.size)
    if status in {HTTP_200_OK, HTTP_206_PARTIAL_CONTENT}:
        headers["content-type"] = media_type
        headers["content-disposition"] = _attachment(document, document.media_type)
    return headers


def _attachment(document: Document, media_type: str) -> str:
    """The file name is the id: a title may reveal a diagnosis."""
    extension = _EXTENSIONS.get(media_type) or guess_extension(media_type) or ".bin"
    return f'attachment; filename="{document.document_id}{extension}"'


@get(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/page",
    opt={ROLES: Records.open_content.roles},
    responses={HTTP_200_OK: _bytes("La page, ou le PDF, l'image, le texte · the page, or the PDF, picture, text")},
    tags=["Documents"],
    summary="Lire un document à l'écran",
)
async def read_page(
    request: ApiRequest,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    mode: Mode = AccessMode.NORMAL,
    secret: Secret = False,
) -> ASGIApp:
    """Read a document on screen: a structured one as a safe HTML page, labelled in the language of Accept-Language;
    an embedded PDF or picture as such, under the type of its bytes. It counts as a reading."""
    message = ReadDocument(
        patient_id=PatientId(patient_id),
        document_id=DocumentId(document_id),
        mode=mode,
        secret=secret,
        form=ContentForm.PAGE,
        language=preferred_language(request.headers.get("accept-language", "")),
    )
    return await show(request, message)


async def show(request: ApiRequest, message: ReadDocument, policy: Callable[[str], str] = str) -> ContentDownload:
    """The content as browsers show it; recorded as a reading.

    Args:
        policy: from the Content-Security-Policy of the content, empty where it has none, to the one to send.

    Raises:
        Refusal: from records or documents.
    """
    content = await request.call(Records.open_content, message)
    source = await request.clients.data_plane.download(content, {})
    headers = {name: source.headers[name] for name in _PAGE_HEADERS if name in source.headers}
    media_type = headers.get("content-type", "").partition(";")[0]
    disposition = "inline" if media_type in _SHOWN_INLINE else _attachment(content.document, media_type)
    sent = policy(headers.pop("content-security-policy", ""))
    headers |= {"content-disposition": disposition} | ({"content-security-policy": sent} if sent else {})
    return ContentDownload(source, HTTP_200_OK, headers)


ROUTES = [read_content, read_page]
