"""DocumentReference: search (ITI-67) and read."""

from litestar import Response, get, post, route
from litestar.enums import HttpMethod
from litestar.status_codes import HTTP_200_OK

from contracts.records import ReadDocument, Records
from contracts.vocabulary import DocumentId
from gateway.clients import ApiRequest
from gateway.fhir import document_writes, systems
from gateway.fhir.bundles import apply_shape, parse_shape, searchset
from gateway.fhir.document_resource import document_resource
from gateway.fhir.document_search import PARAMETERS, message_from
from gateway.fhir.ids import read_id
from gateway.fhir.request_parsing import (
    FORM,
    access_mode_of,
    base_of,
    link_parameters,
    record_of,
    search_parameters_in,
)
from gateway.fhir.resources import ResourceDeclaration, ResourceInPath
from gateway.fhir.responses import check_acceptable, fhir_response
from gateway.guards import ROLES

TYPE = "DocumentReference"
PATH = f"/fhir/{TYPE}"
SUMMARY = (
    *("masterIdentifier", "identifier", "status", "docStatus", "type", "category", "subject", "date", "author"),
    *("relatesTo", "description", "securityLabel", "content", "context", "extension"),
)
MANDATORY = ("status", "content", "extension")


@get(PATH, opt={ROLES: Records.search_documents.roles}, include_in_schema=False)
async def search_documents(request: ApiRequest) -> Response[bytes]:
    """Find documents (ITI-67, TD3.1); only those the caller may see."""
    return await _search(request)


@post(
    f"{PATH}/_search",
    opt={ROLES: Records.search_documents.roles, "takes": FORM},
    status_code=HTTP_200_OK,
    include_in_schema=False,
)
async def post_search_documents(request: ApiRequest) -> Response[bytes]:
    """Search with the parameters in a form, so that no URL contains an INS."""
    return await _search(request)


@route(
    PATH + "/{resource_id:str}",
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
    reference = document_resource(patient_id, entry)
    shape = parse_shape(request.query_params.get("_summary", ""), request.query_params.get("_elements", ""))
    headers = {"etag": f'W/"{entry.document.version}"'}
    return fhir_response(apply_shape(reference, shape, summary=SUMMARY, mandatory=MANDATORY), headers=headers)


async def _search(request: ApiRequest) -> Response[bytes]:
    parameters = await search_parameters_in(request, PARAMETERS)
    patient_id = await record_of(request, parameters)
    shape = parse_shape(parameters.single("_summary"), parameters.single("_elements"))
    page = await request.call(
        Records.search_documents, message_from(parameters, patient_id, access_mode_of(request), shape)
    )
    matches = [
        apply_shape(document_resource(patient_id, entry), shape, summary=SUMMARY, mandatory=MANDATORY)
        for entry in page.entries
    ]
    links = link_parameters(parameters, patient_id)
    bundle = searchset(base_of(request), TYPE, links, matches, total=page.total, cursor=page.next)
    return fhir_response(bundle)


DECLARATION = ResourceDeclaration(
    type=TYPE,
    interactions=("search-type", "read", "create", "patch"),
    handlers=(search_documents, post_search_documents, read_document, *document_writes.ROUTES),
    parameters=PARAMETERS,
    profiles=(systems.DOCUMENT_PROFILE,),
    documentation="Documents of one record (ITI-67, ITI-105, ITI-65); patient and status are required.",
)
