"""DocumentReference: search (ITI-67, TD3.1) and read."""

from litestar import Response, route
from litestar.enums import HttpMethod

from contracts.records.api import Records
from contracts.records.documents import ReadDocument
from contracts.vocabulary import DocumentId
from gateway.clients import ApiRequest
from gateway.fhir import document_writes, systems
from gateway.fhir.bundles import ElementLists, apply_shape, parse_shape
from gateway.fhir.document_resource import document_resource
from gateway.fhir.document_search import PARAMETERS, message_from
from gateway.fhir.ids import read_id
from gateway.fhir.parameters import SearchParameters
from gateway.fhir.request_parsing import access_mode_of, base_of
from gateway.fhir.resources import ResourceInPath
from gateway.fhir.responses import check_acceptable, fhir_response, last_modified
from gateway.fhir.search import ResultPage, SearchResource, record_of, shape_of
from gateway.guards import ROLES

TYPE = "DocumentReference"
_ELEMENTS = ElementLists(
    summary=(
        *("masterIdentifier", "identifier", "status", "docStatus", "type", "category", "subject", "date", "author"),
        *("relatesTo", "description", "securityLabel", "content", "context", "extension"),
    ),
    mandatory=("status", "content", "extension"),
)


@route(
    f"/fhir/{TYPE}/{{resource_id:str}}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Records.read_entry.roles},
    include_in_schema=False,
)
async def read_document(request: ApiRequest, resource_id: ResourceInPath) -> Response[bytes]:
    """Read one DocumentReference."""
    check_acceptable(request)
    patient_id, document_id = read_id(resource_id)
    message = ReadDocument(patient_id=patient_id, document_id=DocumentId(document_id), mode=access_mode_of(request))
    entry = await request.call(Records.read_entry, message)
    reference = document_resource(base_of(request), patient_id, entry)
    shape = parse_shape(request.query_params.get("_summary", ""), request.query_params.get("_elements", ""))
    headers = {"etag": f'W/"{entry.document.version}"', **last_modified(entry.changed_at)}
    return fhir_response(apply_shape(reference, shape, _ELEMENTS), headers=headers)


async def _ask(request: ApiRequest, parameters: SearchParameters) -> ResultPage:
    record, shape = await record_of(request, parameters), shape_of(parameters)
    message = message_from(parameters, record, access_mode_of(request), shape)
    page = await request.call(Records.search_documents, message)
    matches = [document_resource(base_of(request), record, entry) for entry in page.entries]
    return ResultPage(matches=matches, record=record, shape=shape, total=page.total, cursor=page.next)


DECLARATION = SearchResource(
    type=TYPE,
    interactions=("search-type", "read", "create", "patch"),
    handlers=(read_document, *document_writes.ROUTES),
    roles=Records.search_documents.roles,
    parameters=PARAMETERS,
    ask=_ask,
    elements=_ELEMENTS,
    profiles=(systems.DOCUMENT_PROFILE,),
    conditional_patch=True,
    documentation="Documents of one record (ITI-67, ITI-105, ITI-65); patient and status are required.",
)
