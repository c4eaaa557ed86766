"""List: submission sets, search (ITI-66) and read."""

from litestar import Response, route
from litestar.enums import HttpMethod

from contracts.errors.request import DocumentNotFound, FieldMissing, InvalidRequest
from contracts.records.api import Records
from contracts.records.searching import DateKind, SearchSubmissionSets
from contracts.vocabulary import AccessMode, DocumentStatus, PatientId
from gateway.clients import ApiRequest
from gateway.fhir import systems
from gateway.fhir.bundles import ElementLists, Shape
from gateway.fhir.document_resource import document_resource
from gateway.fhir.document_search import NO_IDENTIFIER, identifier_groups_of, ids_of, names_of
from gateway.fhir.ids import read_id
from gateway.fhir.parameters import (
    Parameter,
    ParameterKind,
    SearchParameters,
    alternative_windows,
    count_of,
    plain_windows,
    sorts_of,
    wants_total,
    windows,
)
from gateway.fhir.request_parsing import access_mode_of, base_of
from gateway.fhir.resources import ResourceInPath
from gateway.fhir.responses import check_acceptable, fhir_response, last_modified
from gateway.fhir.search import PATIENT_OR_INS, ResultPage, SearchResource, record_of, shape_of
from gateway.fhir.submission_set_resource import submission_set_resource
from gateway.fhir.tokens import SearchToken, names_code
from gateway.guards import ROLES

TYPE = "List"
_ITEMS = "List:item"
_PARAMETERS = (
    *PATIENT_OR_INS,
    Parameter("status", ParameterKind.TOKEN, "Required: current."),
    Parameter("code", ParameterKind.TOKEN, "submissionset."),
    Parameter("identifier", ParameterKind.TOKEN, "uniqueId of the lot."),
    Parameter("date", ParameterKind.DATE, "When it was submitted."),
    Parameter("designationType", ParameterKind.TOKEN, "What kind of lot it is."),
    Parameter("sourceId", ParameterKind.TOKEN, "Which system it came from."),
    Parameter("source.family", ParameterKind.STRING, "How its author's family name begins."),
    Parameter("source.given", ParameterKind.STRING, "How its author's given name begins."),
    Parameter("_lastUpdated", ParameterKind.DATE, "When it was deposited."),
    Parameter("_id", ParameterKind.TOKEN, "Ids of resources."),
)
_ELEMENTS = ElementLists(
    summary=("identifier", "status", "mode", "title", "code", "subject", "date", "source", "extension"),
    mandatory=("status", "mode", "extension"),
)
_SUBMISSION_SET, _CURRENT = "submissionset", "current"
_STATUSES = frozenset({"", _CURRENT, "retired", "entered-in-error"})
_STATUS_SYSTEM = "http://hl7.org/fhir/list-status"


@route(
    f"/fhir/{TYPE}/{{resource_id:str}}",
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
    found = submission_sets[0]
    return fhir_response(submission_set_resource(patient_id, found), headers=last_modified(found.deposited_at))


async def _ask(request: ApiRequest, parameters: SearchParameters) -> ResultPage:
    record, shape = await record_of(request, parameters), shape_of(parameters)
    page = await request.call(Records.search_lots, message_from(parameters, record, access_mode_of(request), shape))
    return ResultPage(
        matches=[submission_set_resource(record, submission_set) for submission_set in page.lots],
        included=[document_resource(base_of(request), record, entry) for entry in page.documents],
        record=record,
        shape=shape,
        total=page.total,
        cursor=page.next,
    )


def message_from(
    parameters: SearchParameters, patient_id: PatientId, mode: AccessMode, shape: Shape
) -> SearchSubmissionSets:
    """The search as a message to the records service.

    Raises:
        InvalidRequest: with the name of the parameter.
    """
    statuses = parameters.tokens("status")
    if not statuses:
        raise FieldMissing(field="status", expected=_CURRENT)
    if any(token.code not in _STATUSES for tokens in statuses for token in tokens):
        raise InvalidRequest(field="status")
    is_asked = all(names_code(tokens, _STATUS_SYSTEM, _CURRENT) for tokens in statuses) and all(
        names_code(tokens, systems.LIST_TYPES, _SUBMISSION_SET) for tokens in parameters.tokens("code")
    )
    include = parameters.single("_include")
    if include not in {"", _ITEMS}:
        raise InvalidRequest(field="_include")
    (ascending,) = sorts_of(parameters, {"date"}, "-date").values()
    when = windows(parameters.all("date"), DateKind.DEPOSIT, "date") + windows(
        parameters.all("_lastUpdated"), DateKind.CHANGE, "_lastUpdated"
    )
    identifiers = identifier_groups_of(parameters, "identifier")
    return SearchSubmissionSets(
        patient_id=patient_id,
        mode=mode,
        statuses=(DocumentStatus.CURRENT,) if is_asked else (),
        content_types=tuple(
            tuple(_content_type(token) for token in tokens) for tokens in parameters.tokens("designationType")
        ),
        sources=_sources(parameters),
        has_source=bool(parameters.tokens("sourceId")),
        names=names_of(parameters, "source"),
        windows=plain_windows(when),
        window_groups=alternative_windows(when),
        identifier_groups=identifiers,
        ids=ids_of(parameters, patient_id),
        ascending=ascending,
        count=0 if shape.only_count else count_of(parameters),
        total=shape.only_count or wants_total(parameters),
        cursor=parameters.single("_cursor") or None,
        with_documents=include == _ITEMS,
    )


def _content_type(token: SearchToken) -> str:
    return token.code if token.system is None else f"{token.system}|{token.code}"


def _sources(parameters: SearchParameters) -> tuple[str, ...]:
    """A set has one source: with several groups, those in all of them, or one that no set has."""
    groups = identifier_groups_of(parameters, "sourceId")
    return tuple(sorted(set.intersection(*map(set, groups)))) or (NO_IDENTIFIER,) if groups else ()


DECLARATION = SearchResource(
    type=TYPE,
    interactions=("search-type", "read"),
    handlers=(read_list,),
    roles=Records.search_lots.roles,
    parameters=_PARAMETERS,
    ask=_ask,
    includes=(_ITEMS,),
    elements=_ELEMENTS,
    profiles=(systems.SUBMISSION_SET_PROFILE,),
    documentation="Lots of one record (ITI-66); a lot names only the documents its reader may see.",
)
