"""The bytes of a document, carried from the documents service to the one who may read them."""

from mimetypes import guess_extension

from litestar import get
from litestar.openapi import ResponseSpec
from litestar.status_codes import HTTP_200_OK
from litestar.types import ASGIApp

from contracts.records import Document, ReadDocument, Records
from contracts.vocabulary import AccessMode, DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, Mode, PatientInPath, Secret
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.streaming import Download


@get(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/content",
    opt={ROLES: Records.open_content.roles},
    responses={
        HTTP_200_OK: ResponseSpec(
            data_container=bytes,
            generate_examples=False,
            media_type="*/*",
            description="Le document, octet pour octet, sous son propre type · the document under its own type",
        )
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
    """The document itself (TD3.2), byte for byte as it was deposited."""
    question = ReadDocument(
        patient_id=PatientId(patient_id), document_id=DocumentId(document_id), mode=mode, secret=secret
    )
    content = await request.ask(Records.open_content, question)
    source = await request.clients.data_plane.carry_out(content)
    return Download(source, _headers(content.document))


def _headers(document: Document) -> dict[str, str]:
    # The file is named by its id: a title may say what somebody suffers from.
    name = f"{document.document_id}{guess_extension(document.media_type) or '.bin'}"
    return {
        "content-type": document.media_type,
        "content-length": str(document.size),
        "content-disposition": f'attachment; filename="{name}"',
        "etag": f'"{document.sha1}"',
    }


ROUTES = [read_content]
