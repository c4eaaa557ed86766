"""List: lots of documents (SubmissionSet), found (ITI-66) and read."""

from uuid import UUID

from litestar import Response, get, post, route
from litestar.enums import HttpMethod
from litestar.status_codes import HTTP_200_OK

from contracts.errors import DocumentNotFound, InvalidRequest
from contracts.records import DateOf, Records, SearchSubmissionSets
from contracts.vocabulary import AccessMode, DocumentStatus, PatientId
from gateway.clients import Caller
from gateway.fhir import systems
from gateway.fhir.answers import answer, check_acceptable
from gateway.fhir.bundles import Shape, searchset, shape_of, shaped
from gateway.fhir.document_resource import document_resource
from gateway.fhir.document_search import names_of, number_in
from gateway.fhir.ids import read_id
from gateway.fhir.parameters import Parameter, ParameterKind, SearchParameters, count_of, wants_total, windows
from gateway.fhir.requests import FORM, base_of, linked, mode_of, record_of, search_parameters_in
from gateway.fhir.resources import Resource, ResourceInPath, by_name
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
async def search_lists(request: Caller) -> Response[bytes]:
    """Find lots (ITI-66): those that hold something the caller may see."""
    return await _search(request)


@post(
    f"{PATH}/_search",
    opt={ROLES: Records.search_lots.roles, "takes": FORM},
    status_code=HTTP_200_OK,
    include_in_schema=False,
)
async def post_search_lists(request: Caller) -> Response[bytes]:
    """The same with the parameters in a form."""
    return await _search(request)


@route(
    PATH + "/{resource_id:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Records.search_lots.roles},
    include_in_schema=False,
)
async def read_list(request: Caller, resource_id: ResourceInPath) -> Response[bytes]:
    """One List."""
    check_acceptable(request)
    patient_id, lot_id = read_id(resource_id)
    everything = (DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED, DocumentStatus.ARCHIVED)
    question = SearchSubmissionSets(
        patient_id=patient_id, ids=(lot_id,), statuses=everything, mode=mode_of(request), count=1
    )
    found = (await request.ask(Records.search_lots, question)).lots
    if not found:
        raise DocumentNotFound
    return answer(submission_set_resource(patient_id, found[0]))


async def _search(request: Caller) -> Response[bytes]:
    asked = await search_parameters_in(request, PARAMETERS)
    patient_id = await record_of(request, asked)
    shape = shape_of(asked.one("_summary"), asked.one("_elements"))
    question = question_of(asked, patient_id, mode_of(request), shape)
    page = await request.ask(Records.search_lots, question)
    lots = [
        shaped(submission_set_resource(patient_id, lot), shape, summary=SUMMARY, mandatory=MANDATORY)
        for lot in page.lots
    ]
    bundle = searchset(
        base_of(request),
        TYPE,
        linked(asked, patient_id),
        lots,
        included=[document_resource(patient_id, entry) for entry in page.documents],
        total=page.total,
        cursor=page.next,
    )
    return answer(bundle)


def question_of(
    asked: SearchParameters, patient_id: PatientId, mode: AccessMode, shape: Shape
) -> SearchSubmissionSets:
    """The parameters as a question to the record.

    Raises:
        InvalidRequest: naming the parameter.
    """
    if asked.one("status") != "current":
        raise InvalidRequest(field="status")
    if asked.one("code").rpartition("|")[2] not in {"", _SUBMISSION_SET}:
        raise InvalidRequest(field="code")
    include = asked.one("_include")
    if include not in {"", _ITEMS}:
        raise InvalidRequest(field="_include")
    sort = asked.one("_sort") or "-date"
    if sort not in {"date", "-date"}:
        raise InvalidRequest(field="_sort")
    return SearchSubmissionSets(
        patient_id=patient_id,
        mode=mode,
        content_types=tuple(tuple(map(_kind, values)) for values in asked.all("designationType")),
        sources=tuple(number_in(value) for values in asked.all("sourceId") for value in values),
        names=names_of(asked, "source"),
        windows=windows(asked.all("date"), DateOf.DEPOSIT, "date")
        + windows(asked.all("_lastUpdated"), DateOf.CHANGE, "_lastUpdated"),
        identifiers=tuple(number_in(value) for values in asked.all("identifier") for value in values),
        ids=tuple(_own(value, patient_id) for values in asked.all("_id") for value in values),
        ascending=sort == "date",
        count=0 if shape.only_count else count_of(asked),
        total=shape.only_count or wants_total(asked),
        cursor=asked.one("_cursor") or None,
        with_documents=include == _ITEMS,
    )


def _kind(value: str) -> str:
    system, bar, code = value.rpartition("|")
    return f"{systems.oid_of(system)}|{code}" if bar and system else code


def _own(value: str, patient_id: PatientId) -> UUID:
    """Ids of another record are found nowhere in this one."""
    record, lot_id = read_id(value)
    return lot_id if record == patient_id else patient_id


RESOURCE = Resource(
    type=TYPE,
    interactions=("search-type", "read"),
    handlers=(search_lists, post_search_lists, read_list),
    parameters=PARAMETERS,
    includes=(_ITEMS,),
    profiles=(systems.SUBMISSION_SET_PROFILE,),
    documentation="Lots of one record (ITI-66); a lot names only the documents its reader may see.",
)
