"""The parameters of a document search (ITI-67), and its message to the records service."""

from uuid import UUID

from contracts.errors.request import InvalidRequest
from contracts.records.searching import DateKind, DateRange, NamePart, NamePattern, SearchDocuments, SortOrder
from contracts.vocabulary import AccessMode, DocumentId, DocumentStatus, PatientId
from gateway.fhir import systems
from gateway.fhir.bundles import Shape
from gateway.fhir.ids import read_id
from gateway.fhir.parameters import (
    Parameter,
    ParameterKind,
    SearchParameters,
    count_of,
    periods,
    sort_of,
    token,
    wants_total,
    windows,
)
from gateway.fhir.search import PATIENT_OR_INS
from gateway.fhir.systems import without_scheme

PARAMETERS = (
    *PATIENT_OR_INS,
    Parameter("status", ParameterKind.TOKEN, "Required: current, superseded."),
    Parameter("isArchived", ParameterKind.TOKEN, "`true`: archived documents, and no others."),
    Parameter("identifier", ParameterKind.TOKEN, "uniqueId, entryUUID or logicalId."),
    Parameter("type", ParameterKind.TOKEN, "typeCode."),
    Parameter("category", ParameterKind.TOKEN, "classCode."),
    Parameter("setting", ParameterKind.TOKEN, "practiceSettingCode."),
    Parameter("facility", ParameterKind.TOKEN, "healthcareFacilityTypeCode."),
    Parameter("event", ParameterKind.TOKEN, "eventCodeList."),
    Parameter("format", ParameterKind.TOKEN, "formatCode."),
    Parameter("security-label", ParameterKind.TOKEN, "Confidentiality or mark."),
    Parameter("related", ParameterKind.REFERENCE, "uniqueId of the document it replaces."),
    Parameter("author.identifier", ParameterKind.TOKEN, "National number of an author."),
    Parameter("author.family", ParameterKind.STRING, "How an author's family name begins."),
    Parameter("author.given", ParameterKind.STRING, "How an author's given name begins."),
    Parameter("creation", ParameterKind.DATE, "When the document was written."),
    Parameter("date", ParameterKind.DATE, "When it was deposited."),
    Parameter("period", ParameterKind.DATE, "When the act it tells of took place."),
    Parameter("_lastUpdated", ParameterKind.DATE, "When its entry last changed."),
    Parameter(
        "_since", ParameterKind.SPECIAL, "Only entries changed since that moment, for software that synchronises."
    ),
    Parameter("_id", ParameterKind.TOKEN, "Ids of resources."),
)
_TOKENS = {
    "type": "type",
    "category": "class",
    "setting": "setting",
    "facility": "facility",
    "event": "event",
    "format": "format",
    "author.identifier": "author",
}
_SORTS = {"creation": DateKind.CREATION, "date": DateKind.DEPOSIT, "_lastUpdated": DateKind.CHANGE}
_STATUSES = {
    "current": (DocumentStatus.CURRENT,),
    "superseded": (DocumentStatus.SUPERSEDED,),
    # Always empty: deleted documents are visible to nobody.
    "entered-in-error": (),
}


def message_from(
    parameters: SearchParameters, patient_id: PatientId, mode: AccessMode, shape: Shape
) -> SearchDocuments:
    """The search as a message to the records service.

    Raises:
        InvalidRequest: with the name of the parameter.
    """
    only_count = shape.only_count
    return SearchDocuments(
        patient_id=patient_id,
        statuses=statuses_of(parameters),
        mode=mode,
        tokens=tuple(
            tuple(token(value, kind) for value in values)
            for name, kind in _TOKENS.items()
            for values in parameters.all(name)
        )
        + tuple(
            tuple(f"related:{without_scheme(value)}" for value in values) for values in parameters.all("related")
        ),
        labels=tuple(
            tuple(value.rpartition("|")[2] for value in values) for values in parameters.all("security-label")
        ),
        names=names_of(parameters),
        windows=_windows(parameters),
        identifiers=identifiers_of(parameters, "identifier"),
        ids=tuple(map(DocumentId, ids_of(parameters, patient_id))),
        sort=_sort(parameters),
        count=0 if only_count else count_of(parameters),
        total=only_count or wants_total(parameters),
        cursor=parameters.single("_cursor") or None,
    )


def statuses_of(parameters: SearchParameters) -> tuple[DocumentStatus, ...]:
    """The requested states. For FHIR an archived document is a current one, found only with `isArchived`.

    Raises:
        InvalidRequest: no state, or an unknown one.
    """
    codes = [value.rpartition("|")[2] for value in parameters.single("status").split(",")]
    if not all(code in _STATUSES for code in codes):
        raise InvalidRequest(field="status")
    statuses = [status for code in codes for status in _STATUSES[code]]
    archived = parameters.single("isArchived")
    if archived not in {"", "true", "false"}:
        raise InvalidRequest(field="isArchived")
    if archived == "true":
        statuses = [DocumentStatus.ARCHIVED for status in statuses if status is DocumentStatus.CURRENT]
    return tuple(dict.fromkeys(statuses))


def parse_identifier_token(token: str) -> str:
    """The identifier in a token, in its form in the record: uniqueIds without scheme, UUIDs as sent."""
    system, _, value = token.rpartition("|")
    if system in {"", systems.URI}:
        return value if value.startswith("urn:uuid:") else without_scheme(value)
    return f"{systems.oid_of(system)}^{value}"


def identifiers_of(parameters: SearchParameters, name: str) -> tuple[str, ...]:
    """All identifiers that a parameter names."""
    return tuple(parse_identifier_token(value) for values in parameters.all(name) for value in values)


def ids_of(parameters: SearchParameters, patient_id: PatientId) -> tuple[UUID, ...]:
    """Ids of objects in `_id`; an id of another record is replaced by one that matches nothing.

    Raises:
        DocumentNotFound: malformed id.
    """
    pairs = [read_id(value) for values in parameters.all("_id") for value in values]
    return tuple(object_id if record == patient_id else patient_id for record, object_id in pairs)


def names_of(parameters: SearchParameters, prefix: str = "author") -> tuple[NamePattern, ...]:
    """The searched prefixes of names of authors."""
    parts = {f"{prefix}.family": NamePart.FAMILY, f"{prefix}.given": NamePart.GIVEN}
    return tuple(
        NamePattern(part=part, any_of=tuple(values))
        for name, part in parts.items()
        for values in parameters.all(name)
    )


def _windows(parameters: SearchParameters) -> tuple[DateRange, ...]:
    found = [window for name, of in _SORTS.items() for window in windows(parameters.all(name), of, name)]
    found += periods(parameters.all("period"), "period")
    since = parameters.single("_since")
    if since:
        found += windows([[f"ge{since}"]], DateKind.CHANGE, "_since")
    return tuple(found)


def _sort(parameters: SearchParameters) -> SortOrder:
    name, ascending = sort_of(parameters, _SORTS, "-creation")
    return SortOrder(by=_SORTS[name], ascending=ascending)
