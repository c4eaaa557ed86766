"""The bytes of a document, carried from the documents service to the one who may read them."""

from collections.abc import Mapping
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
from contracts.errors import RangeBeyond
from contracts.records import Document, ReadDocument, Records
from contracts.vocabulary import AccessMode, DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, Mode, PatientInPath, Secret
from gateway.clients import Caller
from gateway.errors import preferred_language
from gateway.guards import ROLES
from gateway.streaming import ContentDownload

_KNOWN = "if-none-match"
_PART = ("range", "if-range")
_FIRST_BYTE = {"range": "bytes=0-0"}
"""Asked for in the place of a head: what documents says of it holds for the whole, and is proven."""

_OF_A_PAGE = ("content-type", "content-length", "content-security-policy")
_PASSED_ON = {
    HTTP_200_OK: ("etag",),
    HTTP_206_PARTIAL_CONTENT: ("etag", "content-range", "content-length"),
    HTTP_304_NOT_MODIFIED: ("etag",),
}
"""Status of documents' answer -> what the client is told of its headers."""


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
    request: Caller,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    mode: Mode = AccessMode.NORMAL,
    secret: Secret = False,
) -> ASGIApp:
    """The document itself (TD3.2), byte for byte as it was deposited, or a range of it; each is a reading."""
    question = ReadDocument(
        patient_id=PatientId(patient_id), document_id=DocumentId(document_id), mode=mode, secret=secret
    )
    return await download(request, question)


async def download(request: Caller, question: ReadDocument) -> ContentDownload:
    """The bytes a question asks for, or the range, or the head, as the request wishes; each is a reading.

    Raises:
        Refusal: what records or documents answers. RangeBeyond: nothing of the range is there.
    """
    content = await request.ask(Records.open_content, question)
    is_head = request.method == HttpMethod.HEAD
    wish = _wish(request, _KNOWN) | _FIRST_BYTE if is_head else _wish(request, _KNOWN, *_PART)
    source = await request.clients.data_plane.download(content, wish)
    if source.status == HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE:
        source.release()
        raise RangeBeyond(size=str(content.document.size))
    status = HTTP_200_OK if is_head and source.status == HTTP_206_PARTIAL_CONTENT else source.status
    return ContentDownload(source, status, _headers(status, source.headers, content.document))


def _wish(request: Caller, *names: str) -> dict[str, str]:
    """What the client wants of the content, in its own words."""
    return {name: ", ".join(sent) for name in names if (sent := request.headers.getall(name, []))}


def _headers(status: int, told: Mapping[str, str], document: Document) -> dict[str, str]:
    """What is said with an answer of documents, by what documents itself `told`."""
    said = {"accept-ranges": "bytes"} | {name: told[name] for name in _PASSED_ON[status] if name in told}
    if status == HTTP_200_OK:
        said["content-length"] = str(document.size)
    if status in {HTTP_200_OK, HTTP_206_PARTIAL_CONTENT}:
        # The file is named by its id: a title may say what somebody suffers from.
        name = f"{document.document_id}{guess_extension(document.media_type) or '.bin'}"
        said["content-type"] = document.media_type
        said["content-disposition"] = f'attachment; filename="{name}"'
    return said


@get(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/page",
    opt={ROLES: Records.open_content.roles},
    responses={HTTP_200_OK: _bytes("La page, ou le PDF, l'image, le texte · the page, or the PDF, picture, text")},
    tags=["Documents"],
    summary="Lire un document à l'écran",
)
async def read_page(
    request: Caller,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    mode: Mode = AccessMode.NORMAL,
    secret: Secret = False,
) -> ASGIApp:
    """The document for people who read: a structured one as a safe page, labelled in the language of Accept-Language,
    a wrapped PDF or picture unwrapped. It is a reading like any other."""
    question = ReadDocument(
        patient_id=PatientId(patient_id),
        document_id=DocumentId(document_id),
        mode=mode,
        secret=secret,
        form=ContentForm.PAGE,
        language=preferred_language(request.headers.get("accept-language", "")),
    )
    content = await request.ask(Records.open_content, question)
    source = await request.clients.data_plane.download(content, {})
    headers = {name: source.headers[name] for name in _OF_A_PAGE if name in source.headers}
    return ContentDownload(source, HTTP_200_OK, headers | {"content-disposition": "inline"})


ROUTES = [read_content, read_page]
