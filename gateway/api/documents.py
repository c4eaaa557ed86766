"""The documents of a record: deposited, listed, looked up, hidden and shown."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import Response, get, patch, post
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromQuery
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from contracts.errors import LengthRequired
from contracts.records import (
    DepositDocument,
    Document,
    DocumentList,
    ListDocuments,
    PrepareDeposit,
    ReadDocument,
    Records,
    SetVisibility,
)
from contracts.vocabulary import AccessMode, DocumentId, PatientId, Section, Visibility
from gateway.api.parameters import Count, DocumentInPath, Mark, Mode, PatientInPath
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


class Hiding(msgspec.Struct, frozen=True, kw_only=True):
    """Whether professionals other than the author and the médecin traitant are kept from a document."""

    masque_ps: bool


@dataclass
class Upload(Operation):
    """The description of a request whose body is the document itself."""

    def __post_init__(self) -> None:
        raw = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, min_length=1))
        self.request_body = RequestBody(
            content={"application/octet-stream": raw}, required=True, description="CDA R2"
        )


@post(
    "/dmp/records/{patient_id:uuid}/documents",
    opt={ROLES: Records.deposit_document.roles},
    operation_class=Upload,
    request_max_body_size=None,
    tags=["Documents"],
    summary="Déposer un document",
)
async def deposit_document(
    request: Caller, patient_id: PatientInPath, visibility: FromQuery[list[Visibility] | None] = None
) -> Response[Document]:
    """Deposit a document (TD2.1): its bytes are the body; everything else is read in its header.

    Content-Length is required. The same bytes again are the same deposit and answer 200.
    """
    length = request.content_length
    if not length:
        raise LengthRequired
    ticket = await request.ask(Records.prepare_deposit, PrepareDeposit(patient_id=PatientId(patient_id)))
    receipt = await request.clients.data_plane.bring_in(ticket, request.receive, length)
    deposited = await request.ask(
        Records.deposit_document,
        DepositDocument(patient_id=PatientId(patient_id), receipt=receipt, visibility=tuple(visibility or ())),
    )
    return Response(deposited.document, status_code=HTTP_201_CREATED if deposited.created else HTTP_200_OK)


@get(
    "/dmp/records/{patient_id:uuid}/documents",
    opt={ROLES: Records.list_documents.roles},
    tags=["Documents"],
    summary="Trouver des documents",
)
async def list_documents(
    request: Caller,
    patient_id: PatientInPath,
    section: FromQuery[Section | None] = None,
    count: Count = 20,
    cursor: Mark = None,
    mode: Mode = AccessMode.NORMAL,
) -> DocumentList:
    """Find documents, newest first (TD3.1), those the caller may see and no others."""
    question = ListDocuments(patient_id=PatientId(patient_id), mode=mode, section=section, count=count, cursor=cursor)
    return await request.ask(Records.list_documents, question)


@get(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}",
    opt={ROLES: Records.get_document.roles},
    tags=["Documents"],
    summary="Lire la fiche d'un document",
)
async def get_document(
    request: Caller, patient_id: PatientInPath, document_id: DocumentInPath, mode: Mode = AccessMode.NORMAL
) -> Document:
    """Everything known of a document but its bytes."""
    return await request.ask(
        Records.get_document,
        ReadDocument(patient_id=PatientId(patient_id), document_id=DocumentId(document_id), mode=mode),
    )


@patch(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}",
    opt={ROLES: Records.set_visibility.roles},
    tags=["Documents"],
    summary="Masquer un document, ou le montrer de nouveau",
)
async def set_visibility(
    request: Caller,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    data: Annotated[Hiding, example(masque_ps=True)],
) -> Document:
    """Hide a document from professionals, or show it again (TD3.3)."""
    return await request.ask(
        Records.set_visibility,
        SetVisibility(
            patient_id=PatientId(patient_id), document_id=DocumentId(document_id), masque_ps=data.masque_ps
        ),
    )


ROUTES = [deposit_document, list_documents, get_document, set_visibility]
