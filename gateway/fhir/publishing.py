"""DocumentReference: one document deposited with its bytes (ITI-105), and changed (TD3.3)."""

from typing import Any

import msgspec
from litestar import Response, patch, post
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from contracts.errors import InvalidRequest, RequestTypeUnsupported
from contracts.records import ChangeDocument, Entry, Records, SubmissionSetMetadata
from contracts.vocabulary import DocumentId, PatientId
from gateway.clients import Caller
from gateway.fhir.answers import answer, check_acceptable, outcome_of_success, preference_of
from gateway.fhir.depositing import deposit, record_of_subject
from gateway.fhir.document_in import sent_in
from gateway.fhir.document_resource import document_resource
from gateway.fhir.document_search import number_in
from gateway.fhir.ids import read_id, write_id
from gateway.fhir.incoming import incoming
from gateway.fhir.patching import PATCH_JSON, change_in, operations_in
from gateway.fhir.requests import base_of, patient_id_in
from gateway.fhir.resources import ResourceInPath
from gateway.guards import ROLES

PATH = "/fhir/DocumentReference"
DOCUMENT = "DocumentReference"


@post(PATH, opt={ROLES: Records.deposit_lot.roles}, request_max_body_size=None, include_in_schema=False)
async def publish_document(request: Caller) -> Response[bytes]:
    """Deposit one document, its bytes inline (ITI-105); the same bytes again are the same deposit and answer 200."""
    check_acceptable(request)
    prefers = preference_of(request)
    with await incoming(request) as body:
        if body.resource.get("resourceType") != DOCUMENT:
            raise InvalidRequest(field="resourceType")
        sent = sent_in(body.resource)
        if not sent.data:
            raise InvalidRequest(field="DocumentReference.content.attachment.data")
        record = await record_of_subject(request, sent.subject)
        done = await deposit(
            request, body, record, [sent], [sent.data], SubmissionSetMetadata(), strict=prefers.strict
        )
    status = HTTP_201_CREATED if done.created[0] else HTTP_200_OK
    return told(request, record, done.entries[0], status=status, warned=done.warnings[0])


@patch(
    PATH + "/{resource_id:str}",
    opt={ROLES: Records.change_document.roles, "takes": PATCH_JSON},
    include_in_schema=False,
)
async def patch_document(request: Caller, resource_id: ResourceInPath) -> Response[bytes]:
    """Mask, show, archive or delete one document."""
    patient_id, document_id = read_id(resource_id)
    change = msgspec.structs.replace(
        await _change(request), patient_id=patient_id, document_id=DocumentId(document_id)
    )
    return await _changed(request, change)


@patch(PATH, opt={ROLES: Records.change_document.roles, "takes": PATCH_JSON}, include_in_schema=False)
async def patch_document_if(request: Caller) -> Response[bytes]:
    """The same of a document known by its identifier; every no is that there is no such document."""
    identifier = request.query_params.get("identifier", "")
    if not identifier or "\0" in identifier:
        raise InvalidRequest(field="identifier")
    record = request.query_params.get("patient")
    change = msgspec.structs.replace(
        await _change(request),
        identifier=number_in(identifier),
        patient_id=patient_id_in(record) if record else None,
    )
    return await _changed(request, change)


async def _change(request: Caller) -> ChangeDocument:
    check_acceptable(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PATCH_JSON:
        raise RequestTypeUnsupported(expected=PATCH_JSON)
    return change_in(operations_in(await request.body()), request.headers.get("if-match", ""))


async def _changed(request: Caller, change: ChangeDocument) -> Response[bytes]:
    done = await request.ask(Records.change_document, change)
    if done.entry is None or done.patient_id is None:
        return answer(outcome_of_success("deleted"))
    return told(request, done.patient_id, done.entry, status=HTTP_200_OK)


def told(
    request: Caller, record: PatientId, entry: Entry, *, status: int, warned: tuple[str, ...] = ()
) -> Response[bytes]:
    """What was written, as much of it as the client prefers."""
    where = f"{base_of(request)}/{DOCUMENT}/{write_id(record, entry.document.document_id)}"
    headers = {"etag": f'W/"{entry.document.version}"'}
    if status == HTTP_201_CREATED:
        headers["location"] = where
    body: dict[str, Any] = document_resource(record, entry)
    match preference_of(request).told:
        case "minimal":
            return Response(b"", status_code=status, headers=headers)
        case "OperationOutcome":
            body = outcome_of_success("written", warned)
    if warned:
        headers["warning"] = f'199 - "{", ".join(warned)}"'
    return answer(body, status=status, headers=headers)


ROUTES = (publish_document, patch_document, patch_document_if)
