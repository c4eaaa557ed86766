"""Who looked at a record: its journal by day and person, with the proofs that the browser checks."""

import asyncio
import re
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get

from contracts.audit import Audit, Journal, JournalLine, ReadJournal
from contracts.consent.api import Consent
from contracts.consent.authorisations import EmergencyAccess, ListAuthorisations
from contracts.errors.base import Refusal
from contracts.errors.request import InvalidRequest, TokenMissing
from contracts.identity.api import Identity
from contracts.identity.directory import NameProfessionals
from contracts.records.api import Records
from contracts.records.documents import ListDocuments
from contracts.vocabulary import AccessMode, Act, DocumentId, Finess, Outcome, PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.documents_shown import row_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.journal_words import words_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.access_lines import UnprovenDetails, days_of, is_opening
from gateway.portal.patient.record_view import RECORD, frame_of
from gateway.portal.routes import PATIENT_PAGE
from gateway.request_state import request_state_of
from translations.catalogue import catalogue

_COUNT, _TITLES = 40, 100
_WHO, _KIND, _BEFORE = "qui", "genre", "avant"
_ACTOR = re.compile(r"[\w.@-]{1,64}", re.ASCII)
_POSITION = re.compile(r"[0-9]{1,15}", re.ASCII)
_READINGS = (
    *(Act.CONSULTATION_LISTE, Act.CONSULTATION_DOCUMENT, Act.LECTURE_DONNEES),
    *(Act.LECTURE_IDENTITE, Act.RECHERCHE_DOSSIER),
)
_CHANGES = (
    *(Act.DEPOT_DOCUMENT, Act.MODIF_VISIBILITE, Act.REMISE_VISIBILITE, Act.ARCHIVAGE_DOCUMENT),
    *(Act.DESARCHIVAGE_DOCUMENT, Act.SUPPRESSION_DOCUMENT),
)
_KINDS: dict[str, dict[str, Any]] = {
    "lectures": {"acts": _READINGS},
    "depots": {"acts": _CHANGES},
    "urgences": {"mode": AccessMode.BRIS_DE_GLACE},
    "centre15": {"mode": AccessMode.CENTRE_15},
    "refus": {"outcome": Outcome.REFUSED},
}
"""What the page filters by, and the fields of the question."""
_TEXTS = catalogue("portal")
_NAMES = _TEXTS.of_codes("access.kind.{}", ("", *_KINDS))


@get(f"{RECORD}/acces", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_accesses(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """A page of the journal, newest first; its proofs come with it: reading them apart would be one more reading."""
    record, kind, who = PatientId(patient_id), _kind(request), _who(request)
    before = _before(request)
    message = ReadJournal(
        patient_id=record, count=_COUNT, before=before, actor=who, proofs=True, **_KINDS.get(kind, {})
    )
    titles = asyncio.create_task(_titles(request, record))
    reading = asyncio.create_task(request.call(Audit.read_journal, message))
    # Both are answered before the page is, also where one is refused.
    await asyncio.wait((titles, reading))
    journal = reading.result()
    structures, emergencies = await asyncio.gather(
        _structures(request, journal.lines), _emergencies(request, record, journal)
    )
    details = UnprovenDetails(titles.result(), structures, emergencies)
    return _page(request, record, journal, details, kind, who, before)


def _page(
    request: ApiRequest,
    record: PatientId,
    journal: Journal,
    details: UnprovenDetails,
    kind: str,
    who: str,
    before: int | None,
) -> Response[bytes]:
    frame, language, you = frame_of(request, record), language_of(request), _reader(request)
    following = journal.lines[-1].position if len(journal.lines) == _COUNT else None
    is_named = any(line.actor == who for line in journal.lines)
    query = {_KIND: kind, _WHO: who if is_named else ""}
    holders = [str(each) for each in journal.ids] or [str(record)]
    is_whole = not kind and not who
    proofs = {
        "record": str(record),
        "you": you,
        "holders": holders,
        "head": journal.head,
        "lines": msgspec.to_builtins(journal.proofs),
        "whole": is_whole,
        "first": before is None and is_whole,
        "next": following,
    }
    return render(
        request,
        "patient/access",
        days=days_of(journal.lines, details, words_of(language), language=language, to_holder=you in holders),
        proofs=proofs,
        kinds=[(code, _NAMES.text(code, language)) for code in ("", *_KINDS)],
        kind=kind,
        person=next((line.who for line in journal.lines if line.actor == who), "") if who else "",
        is_filtered=not is_whole,
        is_later=before is not None,
        older="" if following is None else _address(frame["base"], **query, **{_BEFORE: str(following)}),
        access=f"{frame['base']}/acces",
        **frame,
    )


async def _titles(request: ApiRequest, record: PatientId) -> dict[DocumentId, str]:
    """Titles of the documents that the reader may see; the journal itself names none."""
    message = ListDocuments(patient_id=record, count=_TITLES, superseded=True, archived=True)
    try:
        found = await request.call(Records.list_documents, message)
    except Refusal:
        return {}
    language = language_of(request)
    return {document.document_id: row_of(document, language).type_name for document in found.documents}


async def _structures(request: ApiRequest, lines: tuple[JournalLine, ...]) -> dict[str, str]:
    """Names of structures by number."""
    numbers = {line.by.structure for line in lines if line.by is not None and line.by.structure}
    if not numbers:
        return {}
    try:
        found = await request.call(
            Identity.name_professionals, NameProfessionals(structures=tuple(map(Finess, sorted(numbers))))
        )
    except Refusal:
        return {}
    return {workplace.finess: workplace.name for workplace in found.structures}


async def _emergencies(request: ApiRequest, record: PatientId, journal: Journal) -> tuple[EmergencyAccess, ...]:
    """The reasons of emergency accesses, read where the page shows the opening of one."""
    if not any(map(is_opening, journal.lines)):
        return ()
    try:
        found = await request.call(Consent.list_authorisations, ListAuthorisations(patient_id=record))
    except Refusal:
        return ()
    return found.emergencies


def _address(base: str, **query: str) -> str:
    return f"{base}/acces?{urlencode({name: value for name, value in query.items() if value})}"


def _reader(request: ApiRequest) -> str:
    actor = request_state_of(request.scope).actor
    if actor is None:
        raise TokenMissing
    return actor.subject


def _kind(request: ApiRequest) -> str:
    sent = request.query_params.get(_KIND, "")
    if sent and sent not in _KINDS:
        raise InvalidRequest(field=_KIND)
    return sent


def _who(request: ApiRequest) -> str:
    sent = request.query_params.get(_WHO, "")
    if sent and not _ACTOR.fullmatch(sent):
        raise InvalidRequest(field=_WHO)
    return sent


def _before(request: ApiRequest) -> int | None:
    sent = request.query_params.get(_BEFORE, "")
    if sent and not _POSITION.fullmatch(sent):
        raise InvalidRequest(field=_BEFORE)
    return int(sent) if sent else None


ROUTES = [show_accesses]
