"""AuditEvent: the journal of a record (ITI-81), read-only, for its holder."""

from datetime import datetime
from typing import Any

from contracts.audit import Audit, Journal, JournalLine, ReadJournal
from contracts.errors.request import InvalidRequest
from contracts.records.searching import DateKind
from contracts.vocabulary import Act, Outcome, PatientId, Role
from gateway.clients import ApiRequest
from gateway.errors import preferred_language
from gateway.fhir.bundles import Shape
from gateway.fhir.document_resource import instant
from gateway.fhir.ids import write_id
from gateway.fhir.parameters import (
    Parameter,
    ParameterKind,
    SearchParameters,
    count_of,
    plain_windows,
    wants_total,
    windows,
)
from gateway.fhir.search import PATIENT, ResultPage, SearchResource, record_of, shape_of
from gateway.fhir.systems import without_empty
from gateway.fhir.tokens import names_code

TYPE = "AuditEvent"
ACTS = "https://carnet.example/fhir/CodeSystem/acts"
_REST = {
    "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
    "code": "rest",
    "display": "Restful Operation",
}
_OUTCOMES = {Outcome.ALLOWED: "0", Outcome.REFUSED: "4"}
_CODES = frozenset({"", "0", "4", "8", "12"})
"""Those of FHIR; no line of the journal is a failure (8, 12)."""
_OUTCOME_SYSTEM = "http://hl7.org/fhir/audit-event-outcome"
_READING = {
    Act.CONSULTATION_LISTE,
    Act.CONSULTATION_DOCUMENT,
    Act.LECTURE_DONNEES,
    Act.LECTURE_JOURNAL,
    Act.LECTURE_DROITS,
    Act.LECTURE_NOTIFICATIONS,
}
_PROFESSIONALS = "urn:oid:1.2.250.1.71.4.2.1"


async def _ask(request: ApiRequest, parameters: SearchParameters) -> ResultPage:
    """Newest first; a full page may be the last one, then the next page is empty."""
    record, shape = await record_of(request, parameters), shape_of(parameters)
    message = message_from(parameters, record, shape)
    journal = await request.call(Audit.read_journal, message)
    if not _outcomes(parameters):
        journal = Journal(lines=(), total=0 if message.total else None)
    lines = () if shape.only_count else journal.lines
    language = preferred_language(request.headers.get("accept-language", ""))
    return ResultPage(
        matches=[audit_event(record, line, language) for line in lines],
        record=record,
        shape=shape,
        total=journal.total,
        cursor=str(lines[-1].position) if len(lines) == message.count else None,
    )


def message_from(parameters: SearchParameters, patient_id: PatientId, shape: Shape) -> ReadJournal:
    """The search as a message to the audit service.

    Raises:
        InvalidRequest: with the name of the parameter.
    """
    since, until = _interval(parameters)
    outcomes = _outcomes(parameters)
    cursor = parameters.single("_cursor")
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidRequest(field="_cursor")
    if parameters.single("_sort") not in {"", "-date"}:
        raise InvalidRequest(field="_sort")
    return ReadJournal(
        patient_id=patient_id,
        count=max(1, count_of(parameters, default=50)),
        before=int(cursor) if cursor else None,
        outcome=next(iter(outcomes)) if len(outcomes) == 1 else None,
        since=since,
        until=until,
        total=shape.only_count or wants_total(parameters),
    )


def _outcomes(parameters: SearchParameters) -> set[Outcome]:
    """The outcomes that are asked for.

    Raises:
        InvalidRequest: no code of FHIR.
    """
    groups = parameters.tokens("outcome")
    if any(token.code not in _CODES for tokens in groups for token in tokens):
        raise InvalidRequest(field="outcome")
    return {
        outcome
        for outcome, code in _OUTCOMES.items()
        if all(names_code(tokens, _OUTCOME_SYSTEM, code) for tokens in groups)
    }


def _interval(parameters: SearchParameters) -> tuple[datetime | None, datetime | None]:
    groups = windows(parameters.all("date"), DateKind.DEPOSIT, "date")
    date_windows = plain_windows(groups)
    if len(date_windows) < len(groups) or any(window.outside for window in date_windows):
        raise InvalidRequest(field="date")
    sinces = [window.since for window in date_windows if window.since]
    untils = [window.before for window in date_windows if window.before]
    return max(sinces, default=None), min(untils, default=None)


def audit_event(patient_id: PatientId, line: JournalLine, language: str) -> dict[str, Any]:
    """A line of the journal as an AuditEvent; its text in the reader's language."""
    entities: list[dict[str, Any]] = [{"what": {"reference": f"Patient/{patient_id}"}}]
    if line.document_id is not None:
        reference = f"DocumentReference/{write_id(patient_id, line.document_id)}"
        entities.append({"what": {"reference": reference}})
    return {
        "resourceType": TYPE,
        "id": f"{patient_id.hex[:20]}-{line.position}",
        "type": _REST,
        "subtype": [{"system": ACTS, "code": line.act.value}],
        "action": "R" if line.act in _READING else "E",
        "recorded": instant(line.at),
        "outcome": _OUTCOMES[line.outcome],
        "outcomeDesc": line.fr if language == "fr" else line.en,
        "purposeOfEvent": [{"text": line.reason}],
        "agent": [_agent(line)],
        "source": {"observer": {"display": "Carnet"}},
        "entity": entities,
    }


def _agent(line: JournalLine) -> dict[str, Any]:
    who = without_empty(display=line.who)
    if line.actor_role is Role.PROFESSIONAL and line.actor:
        who["identifier"] = {"system": _PROFESSIONALS, "value": f"8{line.actor}"}
    return without_empty(role=[{"text": line.actor_role.value}], who=who, requestor=True)


DECLARATION = SearchResource(
    type=TYPE,
    interactions=("search-type",),
    roles=Audit.read_journal.roles,
    parameters=(
        PATIENT,
        Parameter("date", ParameterKind.DATE, "When it was done; prefixes as FHIR has them, `ne` and `ap` excepted."),
        Parameter("outcome", ParameterKind.TOKEN, "0: allowed, 4: refused."),
    ),
    ask=_ask,
    documentation="The journal of a record (ITI-81), for its holder; the proofs of its lines are at /dmp.",
)
