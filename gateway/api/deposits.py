"""Deposit of documents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from litestar import Response, post
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, RequestBody, Schema
from litestar.params import FromQuery, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from contracts.errors.execution import LengthRequired
from contracts.records.api import Records
from contracts.records.deposits import DepositDocument, PrepareDeposit
from contracts.records.documents import Document
from contracts.vocabulary import PatientId, Visibility
from gateway.api.parameters import PatientInPath, Secret, in_utc
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.links import LinkedOperation
from gateway.warning_header import warning_header


@dataclass
class DepositBody(LinkedOperation):
    """OpenAPI operation whose request body is the document itself."""

    def __post_init__(self) -> None:
        super().__post_init__()
        raw = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, min_length=1))
        self.request_body = RequestBody(
            content={"application/octet-stream": raw}, required=True, description="CDA R2"
        )


@post(
    "/dmp/records/{patient_id:uuid}/documents",
    opt={ROLES: Records.deposit_document.roles},
    operation_class=DepositBody,
    request_max_body_size=None,
    tags=["Documents"],
    summary="Déposer un document",
)
async def deposit_document(
    request: ApiRequest,
    patient_id: PatientInPath,
    visibility: FromQuery[list[Visibility] | None] = None,
    invisible_until: Annotated[
        datetime | None,
        QueryParameter(
            description="Avec INVISIBLE_PATIENT : quand le patient le verra (RFC 3339) · When the patient sees it"
        ),
    ] = None,
    secret: Secret = False,
) -> Response[Document]:
    """Deposit a document (TD2.1): the body is its bytes; the metadata are read from its CDA header.

    Content-Length is required. Depositing the same bytes again has no effect and answers 200. A document that states
    another patient's birth date, birth name, given names or sex is refused; what it does not state is named in the
    header Warning.
    """
    length = request.content_length
    if not length:
        raise LengthRequired
    patient, visible_from = PatientId(patient_id), in_utc(invisible_until, field="invisible_until")
    ticket = await request.call(Records.prepare_deposit, PrepareDeposit(patient_id=patient, secret=secret))
    receipt = await request.clients.data_plane.upload(ticket, request.receive, length)
    deposited = await request.call(
        Records.deposit_document,
        DepositDocument(
            patient_id=patient,
            receipt=receipt,
            visibility=tuple(visibility or ()),
            invisible_until=visible_from,
        ),
    )
    return Response(
        deposited.document,
        status_code=HTTP_201_CREATED if deposited.created else HTTP_200_OK,
        headers=warning_header(deposited.warnings),
    )


ROUTES = [deposit_document]
