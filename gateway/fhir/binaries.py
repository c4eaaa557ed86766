"""Binary: the bytes of a document (ITI-68), as they are, or wrapped in a resource for who asks for one."""

from binascii import b2a_base64

import msgspec
from litestar import route
from litestar.enums import HttpMethod
from litestar.types import ASGIApp, Receive, Scope, Send

from contracts.records import Content, ReadDocument, Records
from contracts.vocabulary import DocumentId
from gateway.api.content import download
from gateway.clients import Caller
from gateway.fhir.answers import FHIR_JSON
from gateway.fhir.ids import read_id
from gateway.fhir.requests import mode_of
from gateway.fhir.resources import Resource, ResourceInPath
from gateway.guards import ROLES
from gateway.streaming import ContentDownload

TYPE = "Binary"
_WRAPPED = (FHIR_JSON, "application/json+fhir")
_FORMATS = {"json", FHIR_JSON, "application/fhir json"}


@route(
    f"/fhir/{TYPE}/{{resource_id:str}}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Records.open_content.roles},
    include_in_schema=False,
)
async def read_binary(request: Caller, resource_id: ResourceInPath) -> ASGIApp:
    """The document's bytes (TD3.2), with ETag and Range; as a FHIR Binary where Accept asks for FHIR first."""
    patient_id, document_id = read_id(resource_id)
    question = ReadDocument(patient_id=patient_id, document_id=DocumentId(document_id), mode=mode_of(request))
    if not _wants_resource(request):
        return await download(request, question)
    content = await request.ask(Records.open_content, question)
    source = await request.clients.data_plane.download(content, {})
    return Wrapped(ContentDownload(source, 200, _headers(resource_id, content)), _head(resource_id, content))


def _wants_resource(request: Caller) -> bool:
    first = request.headers.get("accept", "").partition(",")[0].partition(";")[0].strip().lower()
    return first in _WRAPPED or request.query_params.get("_format", "") in {
        "json",
        FHIR_JSON,
        "application/fhir json",
    }


def _head(resource_id: str, content: Content) -> bytes:
    """A Binary up to its data."""
    plain = {"resourceType": TYPE, "id": resource_id, "contentType": content.document.media_type}
    return msgspec.json.encode(plain)[:-1] + b',"data":"'


def _headers(resource_id: str, content: Content) -> dict[str, str]:
    encoded = (content.document.size + 2) // 3 * 4
    length = len(_head(resource_id, content)) + encoded + len(_TAIL)
    return {"content-type": f"{FHIR_JSON}; charset=utf-8; fhirVersion=4.0", "content-length": str(length)}


_TAIL = b'"}'


class Wrapped:
    """A download on its way through base64, three bytes to four, so that it is never held whole."""

    def __init__(self, plain: ContentDownload, head: bytes) -> None:
        self._plain = plain
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send head, data and tail; what the plain download raises, this one does."""
        rest = b""

        async def wrap(message: "dict[str, object]") -> None:
            nonlocal rest
            if message["type"] != "http.response.body":
                await send(message)  # type: ignore[arg-type]
                await send({"type": "http.response.body", "body": self._head, "more_body": True})
                return
            body = rest + bytes(message["body"])  # type: ignore[call-overload]
            is_last = not message.get("more_body", False)
            whole = len(body) if is_last else len(body) - len(body) % 3
            rest = body[whole:]
            encoded = b2a_base64(body[:whole], newline=False)
            await send(
                {
                    "type": "http.response.body",
                    "body": encoded + (_TAIL if is_last else b""),
                    "more_body": not is_last,
                }
            )

        await self._plain(scope, receive, wrap)  # type: ignore[arg-type]


RESOURCE = Resource(
    type=TYPE,
    interactions=("read",),
    handlers=(read_binary,),
    documentation="Bytes of a document (ITI-68): raw, or as a resource by Accept; ETag, Range, If-Range, HEAD.",
)
