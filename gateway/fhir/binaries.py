"""Binary: the content of a document (ITI-68), raw, or in a FHIR resource where the client asks for one."""

from binascii import b2a_base64
from collections.abc import Sequence, Set
from functools import partial

import msgspec
from litestar import route
from litestar.enums import HttpMethod
from litestar.types import ASGIApp, Receive, Scope, Send

from contracts.errors.request import NotAcceptable
from contracts.records.api import Records
from contracts.records.documents import ContentTicket, ReadDocument
from contracts.vocabulary import DocumentId
from gateway.api.content import download
from gateway.clients import ApiRequest
from gateway.fhir.document_resource import CDA, fhir_media_type
from gateway.fhir.ids import read_id
from gateway.fhir.request_parsing import access_mode_of
from gateway.fhir.resources import ResourceDeclaration, ResourceInPath
from gateway.fhir.responses import FHIR_JSON
from gateway.guards import ROLES
from gateway.streaming import ContentDownload

TYPE = "Binary"
_FHIR_TYPES = (FHIR_JSON, "application/json+fhir", "application/json")
_LONGEST = 1_000
"""Characters of an Accept header that are read."""
_FORMATS = {"json", FHIR_JSON, "application/fhir json"}


@route(
    f"/fhir/{TYPE}/{{resource_id:str}}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Records.open_content.roles},
    include_in_schema=False,
)
async def read_binary(request: ApiRequest, resource_id: ResourceInPath) -> ASGIApp:
    """Read the content (TD3.2), with ETag and Range; as a FHIR Binary where Accept lists FHIR first."""
    patient_id, document_id = read_id(resource_id)
    message = ReadDocument(patient_id=patient_id, document_id=DocumentId(document_id), mode=access_mode_of(request))
    ranges, refused = _accepted(request)
    if not _wants_fhir(request, ranges):
        return await download(request, message, partial(_media_type_sent, ranges, refused))
    content = await request.call(Records.open_content, message)
    source = await request.clients.data_plane.download(content, {})
    return Base64Download(ContentDownload(source, 200, _headers(resource_id, content)), _head(resource_id, content))


def _accepted(request: ApiRequest) -> tuple[list[str], frozenset[str]]:
    """The media ranges of Accept, the preferred first, and those that are refused (RFC 9110, 12.5.1)."""
    sent = request.headers.get("accept", "")[:_LONGEST] or "*/*"
    weighted = sorted(map(_range_and_weight, sent.split(",")), key=lambda each: -each[1])
    refused = frozenset(media_range for media_range, weight in weighted if not weight > 0)
    return [media_range for media_range, weight in weighted if weight > 0], refused


def _range_and_weight(part: str) -> tuple[str, float]:
    media_range, *parameters = (each.strip().lower() for each in part.split(";"))
    weights = [each.removeprefix("q=") for each in parameters if each.startswith("q=")]
    try:
        return media_range, float(weights[0]) if weights else 1.0
    except ValueError:
        return media_range, 0.0


def _media_type_sent(ranges: Sequence[str], refused: Set[str], media_type: str) -> str:
    """The media type of a content as it is sent; a CDA may be asked for by each of its names.

    Raises:
        NotAcceptable: the client accepts another, or any but this.
    """
    plain = fhir_media_type(media_type)
    names = {plain, media_type} | ({"application/hl7-cda+xml"} if media_type == CDA else set())
    permitted = names | {f"{name.partition('/')[0]}/*" for name in names} | {"*/*"}
    if permitted.isdisjoint(ranges) or plain in refused:
        raise NotAcceptable(expected=f"{plain}, {FHIR_JSON}")
    return plain


def _wants_fhir(request: ApiRequest, ranges: list[str]) -> bool:
    format_ = request.query_params.get("_format", "")
    return bool(ranges and ranges[0] in _FHIR_TYPES) or format_ in _FORMATS


def _head(resource_id: str, content: ContentTicket) -> bytes:
    """The JSON of a Binary up to its data."""
    media_type = fhir_media_type(content.document.media_type)
    plain = {"resourceType": TYPE, "id": resource_id, "contentType": media_type}
    return msgspec.json.encode(plain)[:-1] + b',"data":"'


def _headers(resource_id: str, content: ContentTicket) -> dict[str, str]:
    encoded = (content.document.size + 2) // 3 * 4
    length = len(_head(resource_id, content)) + encoded + len(_TAIL)
    return {"content-type": f"{FHIR_JSON}; charset=utf-8; fhirVersion=4.0", "content-length": str(length)}


_TAIL = b'"}'


class Base64Download:
    """An ASGI response that base64-encodes a download as it streams, so that it is never in memory as a whole."""

    def __init__(self, plain: ContentDownload, head: bytes) -> None:
        self._plain = plain
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send head, data and tail; raises as ContentDownload."""
        rest = b""

        async def send_encoded(message: "dict[str, object]") -> None:
            nonlocal rest
            if message["type"] != "http.response.body":
                await send(message)  # type: ignore[arg-type]
                await send({"type": "http.response.body", "body": self._head, "more_body": True})
                return
            body = rest + bytes(message["body"])  # type: ignore[call-overload]
            is_last = not message.get("more_body", False)
            complete = len(body) if is_last else len(body) - len(body) % 3
            rest = body[complete:]
            encoded = b2a_base64(body[:complete], newline=False)
            await send(
                {
                    "type": "http.response.body",
                    "body": encoded + (_TAIL if is_last else b""),
                    "more_body": not is_last,
                }
            )

        await self._plain(scope, receive, send_encoded)  # type: ignore[arg-type]


DECLARATION = ResourceDeclaration(
    type=TYPE,
    interactions=("read",),
    handlers=(read_binary,),
    documentation="Bytes of a document (ITI-68): raw, or as a resource by Accept; ETag, Range, If-Range, HEAD.",
)
