"""The parameters of a document search (ITI-67), and its message to the records service."""

from collections.abc import Iterator
from uuid import UUID

from contracts.errors.request import DocumentNotFound, FieldMissing, InvalidRequest
from contracts.records.searching import DateKind, NamePart, NamePattern, SearchDocuments, SortOrder
from contracts.vocabulary import AccessMode, DocumentId, DocumentStatus, PatientId, Visibility
from gateway.fhir import systems
from gateway.fhir.bundles import Shape
from gateway.fhir.ids import read_id
from gateway.fhir.parameters import (
    Alternatives,
    Parameter,
    ParameterKind,
    SearchParameters,
    alternative_windows,
    count_of,
    periods,
    plain_windows,
    sorts_of,
    wants_total,
    windows,
)
from gateway.fhir.search import PATIENT_OR_INS
from gateway.fhir.systems import without_scheme
from gateway.fhir.tokens import SearchToken, names_code

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
    Parameter("related", ParameterKind.REFERENCE, "uniqueId of the document it replaces.", ("identifier",)),
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
_AUTHOR = "author"
_TOKENS = {
    "type": "type",
    "category": "class",
    "setting": "setting",
    "facility": "facility",
    "event": "event",
    "format": "format",
    "author.identifier": _AUTHOR,
}
_SORTS = {"creation": DateKind.CREATION, "date": DateKind.DEPOSIT, "_lastUpdated": DateKind.CHANGE}
_STATUSES = {
    "current": (DocumentStatus.CURRENT,),
    "superseded": (DocumentStatus.SUPERSEDED,),
    # Always empty: deleted documents are visible to nobody.
    "entered-in-error": (),
}
_STATUS_SYSTEM = "http://hl7.org/fhir/document-reference-status"
_LABELS = {
    **dict.fromkeys(("N", "R", "V"), systems.CONFIDENTIALITY),
    **dict.fromkeys((mark.value for mark in Visibility), systems.MARKS),
}
"""Every label that a document may have, and its code system."""
_BOOLEANS = {"true": True, "false": False}
NO_IDENTIFIER = "-"
"""What no document, set or source has as its identifier."""


def message_from(
    parameters: SearchParameters, patient_id: PatientId, mode: AccessMode, shape: Shape
) -> SearchDocuments:
    """The search as a message to the records service.

    Raises:
        InvalidRequest: with the name of the parameter.
    """
    only_count = shape.only_count
    sort, *then_by = _sorts(parameters)
    when, identifiers = _windows(parameters), identifier_groups_of(parameters, "identifier")
    return SearchDocuments(
        patient_id=patient_id,
        statuses=statuses_of(parameters),
        mode=mode,
        tokens=(*_token_groups(parameters), *_related_groups(parameters)),
        labels=tuple(
            tuple(code for code, system in _LABELS.items() if names_code(tokens, system, code))
            for tokens in parameters.tokens("security-label")
        ),
        names=names_of(parameters),
        windows=plain_windows(when),
        window_groups=alternative_windows(when),
        identifier_groups=identifiers,
        ids=tuple(map(DocumentId, ids_of(parameters, patient_id))),
        sort=sort,
        then_by=tuple(then_by),
        count=0 if only_count else count_of(parameters),
        total=only_count or wants_total(parameters),
        cursor=parameters.single("_cursor") or None,
    )


def _token_groups(parameters: SearchParameters) -> Iterator[tuple[str, ...]]:
    for name, kind in _TOKENS.items():
        for tokens in parameters.tokens(name):
            yield tuple((_of_uri(token) if kind == _AUTHOR else token).in_index(kind) for token in tokens)


def _of_uri(token: SearchToken) -> SearchToken:
    """An identifier that is a URI, as the index has it: it is its own system."""
    is_urn = token.system is None and token.code.startswith(("urn:oid:", "urn:uuid:"))
    if token.code and (is_urn or token.system == systems.URI):
        return SearchToken(without_scheme(token.code), without_scheme(token.code))
    return token


def _related_groups(parameters: SearchParameters) -> Iterator[tuple[str, ...]]:
    """What a document replaces is always given by its uniqueId: a reference to a resource finds nothing."""
    for values in parameters.all("related"):
        yield tuple(f"related:{without_scheme(value)}" for value in values if "/" not in value)
    for tokens in parameters.tokens("related:identifier"):
        yield tuple(f"related:{found}" for token in tokens if (found := identifier_in(token)))


def statuses_of(parameters: SearchParameters) -> tuple[DocumentStatus, ...]:
    """The requested states. For FHIR an archived document is a current one, found only with `isArchived`.

    Raises:
        InvalidRequest: no state, or an unknown one.
    """
    groups = parameters.tokens("status")
    if not groups:
        raise FieldMissing(field="status", expected="current, superseded")
    if any(token.code and token.code not in _STATUSES for tokens in groups for token in tokens):
        raise InvalidRequest(field="status")
    codes = [code for code in _STATUSES if all(names_code(tokens, _STATUS_SYSTEM, code) for tokens in groups)]
    statuses = [status for code in codes for status in _STATUSES[code]]
    archived = _archived(parameters)
    found = statuses if False in archived else []
    if True in archived and DocumentStatus.CURRENT in statuses:
        found = [*found, DocumentStatus.ARCHIVED]
    return tuple(found)


def _archived(parameters: SearchParameters) -> set[bool]:
    """Whether archived documents are asked for (true), or those that are not (false, the default)."""
    groups = parameters.all("isArchived") or [["false"]]
    if any(value not in _BOOLEANS for values in groups for value in values):
        raise InvalidRequest(field="isArchived")
    return set.intersection(*({_BOOLEANS[value] for value in values} for values in groups))


def identifier_in(token: SearchToken) -> str | None:
    """The identifier in a token, in its form in the record: uniqueIds without scheme, UUIDs as sent.

    None: the token asks for no identifier of a record, of which all are URIs.
    """
    if not token.code or token.system == "":
        return None
    if token.system in (None, systems.URI):
        return token.code if token.code.startswith("urn:uuid:") else without_scheme(token.code)
    return f"{token.system}^{token.code}"


def identifier_groups_of(parameters: SearchParameters, name: str) -> tuple[tuple[str, ...], ...]:
    """Groups of identifiers, of each of which a result has one; without those that every result has."""
    return tuple(
        tuple(found for token in tokens if (found := identifier_in(token))) or (NO_IDENTIFIER,)
        for tokens in parameters.tokens(name)
        if SearchToken(systems.URI, "") not in tokens
    )


def ids_of(parameters: SearchParameters, patient_id: PatientId) -> tuple[UUID, ...]:
    """Ids of objects in `_id`, each time it was sent; where none is in all, one that matches nothing."""
    groups = parameters.all("_id")
    if not groups:
        return ()
    common = set.intersection(*({found for value in values if (found := _id_in(value))} for values in groups))
    return tuple(sorted(object_id for record, object_id in common if record == patient_id)) or (patient_id,)


def _id_in(value: str) -> tuple[PatientId, UUID] | None:
    try:
        return read_id(value)
    except DocumentNotFound:
        return None


def names_of(parameters: SearchParameters, prefix: str = "author") -> tuple[NamePattern, ...]:
    """The searched prefixes of names of authors."""
    parts = {f"{prefix}.family": NamePart.FAMILY, f"{prefix}.given": NamePart.GIVEN}
    return tuple(
        NamePattern(part=part, any_of=tuple(values))
        for name, part in parts.items()
        for values in parameters.all(name)
    )


def _windows(parameters: SearchParameters) -> tuple[Alternatives, ...]:
    found = [window for name, of in _SORTS.items() for window in windows(parameters.all(name), of, name)]
    found += periods(parameters.all("period"), "period")
    since = parameters.single("_since")
    if since:
        found += windows([[f"ge{since}"]], DateKind.CHANGE, "_since")
    return tuple(found)


def _sorts(parameters: SearchParameters) -> list[SortOrder]:
    found = sorts_of(parameters, _SORTS, "-creation")
    return [SortOrder(by=_SORTS[name], ascending=ascending) for name, ascending in found.items()]
