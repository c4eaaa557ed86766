"""Who can read a record: those whom its holder authorised, named or blocked, and the decisions about each."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from contracts.consent.api import Consent
from contracts.consent.authorisations import ListAuthorisations
from contracts.errors.base import Conflict, Malformed, Refusal
from contracts.identity.api import Identity
from contracts.identity.directory import DirectoryNames
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.last_act import clear_last_act, last_act, last_act_cookie
from gateway.portal.pages import render
from gateway.portal.patient.decisions import (
    DAYS,
    DECISION,
    UNDONE_BY,
    UNTIL,
    ReaderAct,
    call_of,
    decision_in,
    end_in,
)
from gateway.portal.patient.readers import numbers_in, readers_of
from gateway.portal.patient.record_view import RECORD, base_of, frame_of
from gateway.portal.patient.search_fields import NO_FIELDS, choices_of
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from translations.catalogue import catalogue

PATH = f"{RECORD}/professionnels"
_HIDDEN = "secret"
_NOBODY = DirectoryNames(professionals=(), structures=())
_TEXTS = catalogue("portal")
_DONE = _TEXTS.of_codes("readers.done.{}", ReaderAct)


@get(PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_readers(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """Who reads now, who is blocked, and what holds for everybody else."""
    return clear_last_act(request, await _page(request, PatientId(patient_id), None))


@post(PATH, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def decide(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """Decide about one professional or team, at once; the page that follows says so, and undoes it."""
    record, sent = PatientId(patient_id), await form_of(request)
    fields = {name: single_value(sent, name) for name in (DECISION, UNTIL, DAYS, _HIDDEN)}
    decision, party = decision_in(fields[DECISION])
    method, message = call_of(decision, record, party, end_in(fields, datetime.now(UTC)))
    try:
        await request.call(method, message)
    except (Malformed, Conflict) as refusal:
        return await _page(request, record, refusal)
    # The exact end, so that an ended authorisation can be given again as it was; a secret one cannot.
    end = _HIDDEN if fields[_HIDDEN] else fields[UNTIL]
    cookie = last_act_cookie(request, record, decision.value, party, end)
    return Redirect(f"{base_of(record)}/professionnels", status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


async def _page(request: ApiRequest, record: PatientId, refusal: Refusal | None) -> Response[bytes]:
    language, now = language_of(request), datetime.now(UTC)
    done = _done(request, record)
    decisions = await request.call(Consent.list_authorisations, ListAuthorisations(patient_id=record))
    wanted = numbers_in(decisions, *([done[1]] if done else []))
    is_named = wanted.rpps or wanted.structures
    names = await request.call(Identity.name_professionals, wanted) if is_named else _NOBODY
    if refusal is not None:
        record_refusal(request, refusal, refusal)
    return render(
        request,
        "patient/readers",
        status=HTTP_200_OK if refusal is None else status_of(refusal),
        errors={} if refusal is None else {"readers": text_of(request, refusal)},
        readers=readers_of(decisions, names, language, now),
        message=_message(done, names, decisions.blocked, language) if done and refusal is None else None,
        fields=NO_FIELDS,
        **choices_of(language),
        **frame_of(request, record),
    )


def _done(request: ApiRequest, record: PatientId) -> tuple[ReaderAct, str, str] | None:
    words = last_act(request, record, 3)
    if not words or words[0] not in frozenset(ReaderAct):
        return None
    return ReaderAct(words[0]), words[1], words[2]


def _message(
    done: tuple[ReaderAct, str, str], names: DirectoryNames, blocked: tuple[str, ...], language: str
) -> dict[str, str]:
    """What was done, and the button that undoes it; none where only the professional can declare it again."""
    decision, party, end = done
    listed = {each.rpps: each.name for each in names.professionals} | {
        each.finess: each.name for each in names.structures
    }
    _ = _TEXTS.in_language(language)
    text = _DONE.text(decision, language).format(name=listed.get(party, party))  # type: ignore[call-overload]
    if decision is ReaderAct.AUTHORISE and party in blocked:
        text = " ".join((text, _("readers.still_blocked")))
    if decision is ReaderAct.END and end == _HIDDEN:
        return {"text": " ".join((text, _("readers.secret_is_not_given_again"))), "undo": "", "until": ""}
    gives = decision in {ReaderAct.AUTHORISE, ReaderAct.AUTHORISE_TEAM}
    return {
        "text": text,
        "undo": f"{UNDONE_BY[decision].value} {party}",
        "undo_text": _("readers.end") if gives else _("form.cancel"),
        "until": "" if gives else end,
    }


ROUTES = [show_readers, decide]
