"""What an ITI-67 search asks the record for."""

from contracts.errors import InvalidRequest
from contracts.records import DateOf, NamePart, NamePattern, SearchDocuments, Sort, Window
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
    token,
    wants_total,
    windows,
)
from gateway.fhir.resources import by_name
from gateway.fhir.systems import bare

PARAMETERS = by_name(
    [
        Parameter("patient", ParameterKind.REFERENCE, "The record; this or patient.identifier is required."),
        Parameter(
            "patient.identifier", ParameterKind.TOKEN, "The patient's INS, `urn:oid:<list>|<matricule>`.", True
        ),
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
        Parameter("author.identifier", ParameterKind.TOKEN, "National number of an author.", True),
        Parameter("author.family", ParameterKind.STRING, "How an author's family name begins.", True),
        Parameter("author.given", ParameterKind.STRING, "How an author's given name begins.", True),
        Parameter("creation", ParameterKind.DATE, "When the document was written."),
        Parameter("date", ParameterKind.DATE, "When it was deposited."),
        Parameter("period", ParameterKind.DATE, "When the act it tells of took place."),
        Parameter("_lastUpdated", ParameterKind.DATE, "When its entry last changed."),
        Parameter(
            "_since", ParameterKind.SPECIAL, "Only entries changed since that moment, for software that synchronises."
        ),
        Parameter("_id", ParameterKind.TOKEN, "Ids of resources."),
    ]
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
_SORTS = {"creation": DateOf.CREATION, "date": DateOf.DEPOSIT, "_lastUpdated": DateOf.CHANGE}
_STATUSES = {
    "current": (DocumentStatus.CURRENT,),
    "superseded": (DocumentStatus.SUPERSEDED,),
    # Nothing is ever found under it: what was deleted is gone for everybody.
    "entered-in-error": (),
}


def question_of(asked: SearchParameters, patient_id: PatientId, mode: AccessMode, shape: Shape) -> SearchDocuments:
    """The parameters as a question to the record.

    Raises:
        InvalidRequest: naming the parameter.
    """
    only_count = shape.only_count
    return SearchDocuments(
        patient_id=patient_id,
        statuses=statuses_of(asked),
        mode=mode,
        tokens=tuple(
            tuple(token(value, kind) for value in values)
            for name, kind in _TOKENS.items()
            for values in asked.all(name)
        )
        + tuple(tuple(f"related:{bare(value)}" for value in values) for values in asked.all("related")),
        labels=tuple(tuple(value.rpartition("|")[2] for value in values) for values in asked.all("security-label")),
        names=names_of(asked),
        windows=_windows(asked),
        identifiers=tuple(number_in(value) for values in asked.all("identifier") for value in values),
        ids=_ids(asked, patient_id),
        sort=_sort(asked),
        count=0 if only_count else count_of(asked),
        total=only_count or wants_total(asked),
        cursor=asked.one("_cursor") or None,
    )


def statuses_of(asked: SearchParameters) -> tuple[DocumentStatus, ...]:
    """The states asked for; an archived document is a current one out of the way, found only if it is asked for.

    Raises:
        InvalidRequest: none is named, or one that is none.
    """
    sent = asked.one("status").split(",")
    if not all(one.rpartition("|")[2] in _STATUSES for one in sent):
        raise InvalidRequest(field="status")
    found = [status for one in sent for status in _STATUSES[one.rpartition("|")[2]]]
    archived = asked.one("isArchived")
    if archived not in {"", "true", "false"}:
        raise InvalidRequest(field="isArchived")
    if archived == "true":
        found = [DocumentStatus.ARCHIVED for status in found if status is DocumentStatus.CURRENT]
    return tuple(dict.fromkeys(found))


def number_in(token: str) -> str:
    """The number in an identifier's token, as the record writes it: uniqueIds are bare, UUIDs may be either."""
    system, _, value = token.rpartition("|")
    if system in {"", systems.URI}:
        return value if value.startswith("urn:uuid:") else bare(value)
    return f"{systems.oid_of(system)}^{value}"


def names_of(asked: SearchParameters, prefix: str = "author") -> tuple[NamePattern, ...]:
    """Names of authors, as their beginnings."""
    parts = {f"{prefix}.family": NamePart.FAMILY, f"{prefix}.given": NamePart.GIVEN}
    return tuple(
        NamePattern(part=part, any_of=tuple(values)) for name, part in parts.items() for values in asked.all(name)
    )


def _windows(asked: SearchParameters) -> tuple[Window, ...]:
    found = [window for name, of in _SORTS.items() for window in windows(asked.all(name), of, name)]
    found += periods(asked.all("period"), "period")
    since = asked.one("_since")
    if since:
        found += windows([[f"ge{since}"]], DateOf.CHANGE, "_since")
    return tuple(found)


def _ids(asked: SearchParameters, patient_id: PatientId) -> tuple[DocumentId, ...]:
    """Ids of another record are found nowhere in this one."""
    found = [read_id(value) for values in asked.all("_id") for value in values]
    nowhere = DocumentId(patient_id)
    return tuple(DocumentId(one) if record == patient_id else nowhere for record, one in found)


def _sort(asked: SearchParameters) -> Sort:
    sent = asked.one("_sort") or "-creation"
    name = sent.removeprefix("-")
    if name not in _SORTS:
        raise InvalidRequest(field="_sort")
    return Sort(by=_SORTS[name], ascending=not sent.startswith("-"))
