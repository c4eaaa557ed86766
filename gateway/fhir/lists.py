"""List: submission sets, search (ITI-66) and read."""

from uuid import UUID

from litestar import Response, get, post, route
from litestar.enums import HttpMethod
from litestar.status_codes import HTTP_200_OK

from contracts.errors import DocumentNotFound, InvalidRequest
from contracts.records import DateKind, Records, SearchSubmissionSets
from contracts.vocabulary import AccessMode, DocumentStatus, PatientId
from gateway.clients import ApiRequest
from gateway.fhir import systems
from gateway.fhir.bundles import Shape, apply_shape, parse_shape, searchset
from gateway.fhir.document_resource import document_resource
from gateway.fhir.document_search import names_of, parse_identifier_token
from gateway.fhir.ids import read_id
from gateway.fhir.parameters import Parameter, ParameterKind, SearchParameters, count_of, wants_total, windows
from gateway.fhir.request_parsing import (
    FORM,
    access_mode_of,
    base_of,
    link_parameters,
    record_of,
    search_parameters_in,
)
from gateway.fhir.resources import ResourceDeclaration, ResourceInPath, by_name
from gateway.fhir.responses import check_acceptable, fhir_response
from gateway.fhir.submission_set_resource import submission_set_resource
from gateway.guards import ROLES

TYPE = "List"
PATH = f"/fhir/{TYPE}"
_ITEMS = "List:item"
PARAMETERS = by_name(
    [
        Parameter("patient", ParameterKind.REFERENCE, "The record; this or patient.identifier is required."),
        Parameter(
            "patient.identifier", ParameterKind.TOKEN, "The patient's INS, `urn:oid:<list>|<matricule>`.", True
        ),
        Parameter("status", ParameterKind.TOKEN, "Required: current."),
        Parameter("code", ParameterKind.TOKEN, "submissionset."),
        Parameter("identifier", ParameterKind.TOKEN, "uniqueId of the lot."),
        Parameter("date", ParameterKind.DATE, "When it was submitted."),
        Parameter("designationType", ParameterKind.TOKEN, "What kind of lot it is."),
        Parameter("sourceId", ParameterKind.TOKEN, "Which system it came from."),
        Parameter("source.family", ParameterKind.STRING, "How its author's family name begins.", True),
        Parameter("source.given", ParameterKind.STRING, "How its author's given name begins.", True),
        Parameter("_lastUpdated", ParameterKind.DATE, "When it was deposited."),
        Parameter("_id", ParameterKind.TOKEN, "Ids of resources."),
    ]
)
SUMMARY = ("identifier", "status", "mode", "title", "code", "subject", "date", "source", "extension")
MANDATORY = ("status", "mode", "extension")
_SUBMISSION_SET = "submissionset"


@get(PATH, opt={ROLES: Records.search_lots.roles}, include_in_schema=False)
async def search_lists(request: ApiRequest) -> Response[bytes]:
    """Find submission sets (ITI-66) that contain a document the caller may see."""
    return await _search(request)


@post(
    f"{PATH}/_search",
    opt={ROLES: Records.search_lots.roles, "takes": FORM},
    status_code=HTTP_200_OK,
    include_in_schema=False,
)
async def post_search_lists(request: ApiRequest) -> Response[bytes]:
    """Search with the parameters in a form."""
    return await _search(request)


@route(
    PATH + "/{resource_id:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Records.search_lots.roles},
    include_in_schema=False,
)
async def read_list(request: ApiRequest, resource_id: ResourceInPath) -> Response[bytes]:
    """Read one List."""
    check_acceptable(request)
    patient_id, lot_id = read_id(resource_id)
    all_statuses = (DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED, DocumentStatus.ARCHIVED)
    message = SearchSubmissionSets(
        patient_id=patient_id, ids=(lot_id,), statuses=all_statuses, mode=access_mode_of(request), count=1
    )
    submission_sets = (await request.call(Records.search_lots, message)).lots
    if not submission_sets:
        raise DocumentNotFound
    return fhir_response(submission_set_resource(patient_id, submission_sets[0]))


async def _search(request: ApiRequest) -> Response[bytes]:
    parameters = await search_parameters_in(request, PARAMETERS)
    patient_id = await record_of(request, parameters)
    shape = parse_shape(parameters.single("_summary"), parameters.single("_elements"))
    message = message_from(parameters, patient_id, access_mode_of(request), shape)
    page = await request.call(Records.search_lots, message)
    matches = [
        apply_shape(submission_set_resource(patient_id, submission_set), shape, summary=SUMMARY, mandatory=MANDATORY)
        for submission_set in page.lots
    ]
    bundle = searchset(
        base_of(request),
        TYPE,
        link_parameters(parameters, patient_id),
        matches,
        included=[document_resource(patient_id, entry) for entry in page.documents],
        total=page.total,
        cursor=page.next,
    )
    return fhir_response(bundle)


def message_from(
    parameters: SearchParameters, patient_id: PatientId, mode: AccessMode, shape: Shape
) -> SearchSubmissionSets:
    """The search as a message to the records service.

    Raises:
        InvalidRequest: with the name of the parameter.
    """
    if parameters.single("status") != "current":
        raise InvalidRequest(field="status")
    if parameters.single("code").rpartition("|")[2] not in {"", _SUBMISSION_SET}:
        raise InvalidRequest(field="code")
    include = parameters.single("_include")
    if include not in {"", _ITEMS}:
        raise InvalidRequest(field="_include")
    sort = parameters.single("_sort") or "-date"
    if sort not in {"date", "-date"}:
        raise InvalidRequest(field="_sort")
    return SearchSubmissionSets(
        patient_id=patient_id,
        mode=mode,
        content_types=tuple(tuple(map(_content_type, values)) for values in parameters.all("designationType")),
        sources=tuple(parse_identifier_token(value) for values in parameters.all("sourceId") for value in values),
        names=names_of(parameters, "source"),
        windows=windows(parameters.all("date"), DateKind.DEPOSIT, "date")
        + windows(parameters.all("_lastUpdated"), DateKind.CHANGE, "_lastUpdated"),
        identifiers=tuple(
            parse_identifier_token(value) for values in parameters.all("identifier") for value in values
        ),
        ids=tuple(_submission_set_id(value, patient_id) for values in parameters.all("_id") for value in values),
        ascending=sort == "date",
        count=0 if shape.only_count else count_of(parameters),
        total=shape.only_count or wants_total(parameters),
        cursor=parameters.single("_cursor") or None,
        with_documents=include == _ITEMS,
    )


def _content_type(value: str) -> str:
    system, bar, code = value.rpartition("|")
    return f"{systems.oid_of(system)}|{code}" if bar and system else code


def _submission_set_id(value: str, patient_id: PatientId) -> UUID:
    """Id of a submission set; an id of another record is replaced by one that matches nothing."""
    record, lot_id = read_id(value)
    return lot_id if record == patient_id else patient_id


DECLARATION = ResourceDeclaration(
    type=TYPE,
    interactions=("search-type", "read"),
    handlers=(search_lists, post_search_lists, read_list),
    parameters=PARAMETERS,
    includes=(_ITEMS,),
    profiles=(systems.SUBMISSION_SET_PROFILE,),
    documentation="Lots of one record (ITI-66); a lot names only the documents its reader may see.",
)
