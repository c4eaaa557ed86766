"""AuditEvent: the journal of a record (ITI-81), for its holder, read only."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.status_codes import HTTP_200_OK

from contracts.audit import Audit, JournalLine, ReadJournal
from contracts.errors import InvalidRequest
from contracts.records import DateOf
from contracts.vocabulary import Act, Outcome, PatientId, Role
from gateway.clients import Caller
from gateway.errors import preferred_language
from gateway.fhir.answers import answer
from gateway.fhir.bundles import searchset
from gateway.fhir.document_resource import instant
from gateway.fhir.ids import write_id
from gateway.fhir.parameters import Parameter, ParameterKind, SearchParameters, count_of, windows
from gateway.fhir.requests import FORM, base_of, linked, patient_id_in, search_parameters_in
from gateway.fhir.resources import Resource, by_name
from gateway.fhir.systems import present
from gateway.guards import ROLES

TYPE = "AuditEvent"
PATH = f"/fhir/{TYPE}"
PARAMETERS = by_name(
    [
        Parameter("patient", ParameterKind.REFERENCE, "Required: the record."),
        Parameter("date", ParameterKind.DATE, "When it was done; prefixes as FHIR has them, `ne` and `ap` excepted."),
        Parameter("outcome", ParameterKind.TOKEN, "0: allowed, 4: refused."),
    ]
)
ACTS = "https://carnet.example/fhir/CodeSystem/acts"
_REST = {
    "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
    "code": "rest",
    "display": "Restful Operation",
}
_OUTCOMES = {Outcome.ALLOWED: "0", Outcome.REFUSED: "4"}
_READING = {
    Act.CONSULTATION_LISTE,
    Act.CONSULTATION_DOCUMENT,
    Act.LECTURE_DONNEES,
    Act.LECTURE_JOURNAL,
    Act.LECTURE_DROITS,
}
_PROFESSIONALS = "urn:oid:1.2.250.1.71.4.2.1"


@get(PATH, opt={ROLES: Audit.read_journal.roles}, include_in_schema=False)
async def search_audit_events(request: Caller) -> Response[bytes]:
    """Who did what to the record, allowed or refused, newest first."""
    return await _search(request)


@post(
    f"{PATH}/_search",
    opt={ROLES: Audit.read_journal.roles, "takes": FORM},
    status_code=HTTP_200_OK,
    include_in_schema=False,
)
async def post_search_audit_events(request: Caller) -> Response[bytes]:
    """The same with the parameters in a form."""
    return await _search(request)


async def _search(request: Caller) -> Response[bytes]:
    asked = await search_parameters_in(request, PARAMETERS)
    patient_id = patient_id_in(asked.one("patient"))
    question = question_of(asked, patient_id)
    lines = (await request.ask(Audit.read_journal, question)).lines
    language = preferred_language(request.headers.get("accept-language", ""))
    resources = [audit_event(patient_id, line, language) for line in lines]
    # A full page may be the last one: then the next is empty.
    cursor = str(lines[-1].position) if len(lines) == question.count else None
    return answer(searchset(base_of(request), TYPE, linked(asked, patient_id), resources, cursor=cursor))


def question_of(asked: SearchParameters, patient_id: PatientId) -> ReadJournal:
    """The parameters as a question to the journal.

    Raises:
        InvalidRequest: naming the parameter.
    """
    since, until = _span(asked)
    cursor, outcome = asked.one("_cursor"), asked.one("outcome")
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidRequest(field="_cursor")
    wanted = {code: one for one, code in _OUTCOMES.items()}
    if outcome and outcome not in wanted:
        raise InvalidRequest(field="outcome")
    if asked.one("_sort") not in {"", "-date"}:
        raise InvalidRequest(field="_sort")
    return ReadJournal(
        patient_id=patient_id,
        count=max(1, count_of(asked, usual=50)),
        before=int(cursor) if cursor else None,
        outcome=wanted.get(outcome),
        since=since,
        until=until,
    )


def _span(asked: SearchParameters) -> tuple[datetime | None, datetime | None]:
    found = windows(asked.all("date"), DateOf.DEPOSIT, "date")
    if any(window.outside for window in found):
        raise InvalidRequest(field="date")
    sinces = [window.since for window in found if window.since]
    untils = [window.before for window in found if window.before]
    return max(sinces, default=None), min(untils, default=None)


def audit_event(patient_id: PatientId, line: JournalLine, language: str) -> dict[str, Any]:
    """One line as an AuditEvent; its sentence in the reader's language."""
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
    who = present(display=line.who)
    if line.actor_role is Role.PROFESSIONAL and line.actor:
        who["identifier"] = {"system": _PROFESSIONALS, "value": f"8{line.actor}"}
    return present(role=[{"text": line.actor_role.value}], who=who, requestor=True)


RESOURCE = Resource(
    type=TYPE,
    interactions=("search-type",),
    handlers=(search_audit_events, post_search_audit_events),
    parameters=PARAMETERS,
    documentation="The journal of a record (ITI-81), for its holder; the proofs of its lines are at /dmp.",
)
