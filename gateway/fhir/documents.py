"""DocumentReference: found (ITI-67) and read."""

from litestar import Response, get, post, route
from litestar.enums import HttpMethod
from litestar.status_codes import HTTP_200_OK

from contracts.records import ReadDocument, Records
from contracts.vocabulary import DocumentId
from gateway.clients import Caller
from gateway.fhir import publishing, systems
from gateway.fhir.answers import answer, check_acceptable
from gateway.fhir.bundles import searchset, shape_of, shaped
from gateway.fhir.document_resource import document_resource
from gateway.fhir.document_search import PARAMETERS, question_of
from gateway.fhir.ids import read_id
from gateway.fhir.requests import FORM, base_of, linked, mode_of, record_of, search_parameters_in
from gateway.fhir.resources import Resource, ResourceInPath
from gateway.guards import ROLES

TYPE = "DocumentReference"
PATH = f"/fhir/{TYPE}"
SUMMARY = (
    *("masterIdentifier", "identifier", "status", "docStatus", "type", "category", "subject", "date", "author"),
    *("relatesTo", "description", "securityLabel", "content", "context", "extension"),
)
MANDATORY = ("status", "content", "extension")


@get(PATH, opt={ROLES: Records.search_documents.roles}, include_in_schema=False)
async def search_documents(request: Caller) -> Response[bytes]:
    """Find documents (ITI-67, TD3.1), those the caller may see and no others."""
    return await _search(request)


@post(
    f"{PATH}/_search",
    opt={ROLES: Records.search_documents.roles, "takes": FORM},
    status_code=HTTP_200_OK,
    include_in_schema=False,
)
async def post_search_documents(request: Caller) -> Response[bytes]:
    """The same with the parameters in a form, so that an INS stands in no address."""
    return await _search(request)


@route(
    PATH + "/{resource_id:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Records.read_entry.roles},
    include_in_schema=False,
)
async def read_document(request: Caller, resource_id: ResourceInPath) -> Response[bytes]:
    """One DocumentReference."""
    check_acceptable(request)
    patient_id, document_id = read_id(resource_id)
    question = ReadDocument(patient_id=patient_id, document_id=DocumentId(document_id), mode=mode_of(request))
    entry = await request.ask(Records.read_entry, question)
    resource = document_resource(patient_id, entry)
    shape = shape_of(request.query_params.get("_summary", ""), request.query_params.get("_elements", ""))
    headers = {"etag": f'W/"{entry.document.version}"'}
    return answer(shaped(resource, shape, summary=SUMMARY, mandatory=MANDATORY), headers=headers)


async def _search(request: Caller) -> Response[bytes]:
    asked = await search_parameters_in(request, PARAMETERS)
    patient_id = await record_of(request, asked)
    shape = shape_of(asked.one("_summary"), asked.one("_elements"))
    page = await request.ask(Records.search_documents, question_of(asked, patient_id, mode_of(request), shape))
    resources = [
        shaped(document_resource(patient_id, entry), shape, summary=SUMMARY, mandatory=MANDATORY)
        for entry in page.entries
    ]
    links = linked(asked, patient_id)
    bundle = searchset(base_of(request), TYPE, links, resources, total=page.total, cursor=page.next)
    return answer(bundle)


RESOURCE = Resource(
    type=TYPE,
    interactions=("search-type", "read", "create", "patch"),
    handlers=(search_documents, post_search_documents, read_document, *publishing.ROUTES),
    parameters=PARAMETERS,
    profiles=(systems.DOCUMENT_PROFILE,),
    documentation="Documents of one record (ITI-67, ITI-105, ITI-65); patient and status are required.",
)
