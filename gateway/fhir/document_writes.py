"""DocumentReference: deposit of one document with its content (ITI-105), and changes (TD3.3)."""

from typing import Any

import msgspec
from litestar import Response, patch, post
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from contracts.errors.execution import RequestTypeUnsupported
from contracts.errors.request import InvalidRequest
from contracts.records.api import Records
from contracts.records.changes import ChangeDocument
from contracts.records.entries import DocumentEntry
from contracts.records.submission_sets import SubmissionSetMetadata
from contracts.traits import ClaimedTraits
from contracts.vocabulary import DocumentId, PatientId
from gateway.clients import ApiRequest
from gateway.fhir.deposits import check_nothing_left_out, deposit_documents, record_of_subject, stated_subject
from gateway.fhir.document_parsing import parse_document
from gateway.fhir.document_resource import document_resource
from gateway.fhir.document_search import identifier_in
from gateway.fhir.ids import read_id, write_id
from gateway.fhir.patching import PATCH_JSON, change_from, parse_json_patch
from gateway.fhir.request_body import read_deposit
from gateway.fhir.request_parsing import base_of, check_unconditional, parse_patient_reference
from gateway.fhir.resources import ResourceInPath
from gateway.fhir.responses import check_acceptable, fhir_response, last_modified, preference_of, success_outcome
from gateway.fhir.tokens import tokens_in
from gateway.guards import ROLES
from gateway.warning_header import warning_header

PATH = "/fhir/DocumentReference"
DOCUMENT = "DocumentReference"


@post(PATH, opt={ROLES: Records.deposit_lot.roles}, request_max_body_size=None, include_in_schema=False)
async def publish_document(request: ApiRequest) -> Response[bytes]:
    """Deposit one document with inline content (ITI-105); the same bytes again have no effect and answer 200."""
    check_acceptable(request)
    check_unconditional(request)
    preference = preference_of(request)
    with await read_deposit(request) as body:
        if body.content.get("resourceType") != DOCUMENT:
            raise InvalidRequest(field="resourceType")
        document = parse_document(body.content, base=base_of(request))
        if not document.data:
            raise InvalidRequest(field="DocumentReference.content.attachment.data")
        check_nothing_left_out(document.left_out, strict=preference.strict)
        record = await record_of_subject(request, stated_subject(document.subject, body.content))
        deposited = await deposit_documents(
            request,
            body,
            record,
            [document],
            [document.data],
            SubmissionSetMetadata(),
            strict=preference.strict,
            patient_traits=ClaimedTraits(),
        )
    status = HTTP_201_CREATED if deposited.created[0] else HTTP_200_OK
    warned = tuple(dict.fromkeys((*deposited.warnings[0], *document.left_out)))
    return write_response(request, record, deposited.entries[0], status=status, warned=warned)


@patch(
    PATH + "/{resource_id:str}",
    opt={ROLES: Records.change_document.roles, "takes": PATCH_JSON},
    include_in_schema=False,
)
async def patch_document(request: ApiRequest, resource_id: ResourceInPath) -> Response[bytes]:
    """Hide, show, archive or delete one document."""
    patient_id, document_id = read_id(resource_id)
    change = msgspec.structs.replace(
        await _parse_change(request), patient_id=patient_id, document_id=DocumentId(document_id)
    )
    return await _apply(request, change)


@patch(PATH, opt={ROLES: Records.change_document.roles, "takes": PATCH_JSON}, include_in_schema=False)
async def patch_document_by_identifier(request: ApiRequest) -> Response[bytes]:
    """Change a document given by its identifier; every refusal says that there is no such document."""
    identifier = request.query_params.get("identifier", "")
    tokens = tokens_in(identifier, "identifier")
    named = identifier_in(tokens[0]) if len(tokens) == 1 else None
    if named is None or "\0" in identifier:
        raise InvalidRequest(field="identifier")
    record = request.query_params.get("patient")
    change = msgspec.structs.replace(
        await _parse_change(request),
        identifier=named,
        patient_id=parse_patient_reference(record, base_of(request), "patient") if record else None,
    )
    return await _apply(request, change)


async def _parse_change(request: ApiRequest) -> ChangeDocument:
    check_acceptable(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PATCH_JSON:
        raise RequestTypeUnsupported(expected=PATCH_JSON)
    return change_from(parse_json_patch(await request.body()), request.headers.get("if-match", ""))


async def _apply(request: ApiRequest, change: ChangeDocument) -> Response[bytes]:
    changed = await request.call(Records.change_document, change)
    if changed.entry is None or changed.patient_id is None:
        return fhir_response(success_outcome("deleted"))
    return write_response(request, changed.patient_id, changed.entry, status=HTTP_200_OK)


def write_response(
    request: ApiRequest, record: PatientId, entry: DocumentEntry, *, status: int, warned: tuple[str, ...] = ()
) -> Response[bytes]:
    """The response to a write, as the client prefers it."""
    location = f"{base_of(request)}/{DOCUMENT}/{write_id(record, entry.document.document_id)}"
    headers = {"etag": f'W/"{entry.document.version}"', **last_modified(entry.changed_at)}
    if status == HTTP_201_CREATED:
        headers["location"] = location
    body: dict[str, Any] = document_resource(base_of(request), record, entry)
    match preference_of(request).returned:
        case "minimal":
            return Response(b"", status_code=status, headers=headers)
        case "OperationOutcome":
            body = success_outcome("written", warned)
    return fhir_response(body, status=status, headers=headers | warning_header(warned))


ROUTES = (publish_document, patch_document, patch_document_by_identifier)
