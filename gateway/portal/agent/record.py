"""The state of a record at the counter: close it, reopen it, open the holder's account that waits for an agent."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.request import RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.logins import ConfirmInPerson
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, CloseReason, CloseRecord
from contracts.vocabulary import PatientId, RecordStatus
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.opening import EXISTS, OPENED
from gateway.portal.pages import render
from gateway.portal.routes import AGENT_FORM, AGENT_PAGE, AGENT_SITE
from translations.catalogue import catalogue

_RECORD = f"{AGENT_SITE}/d/{{patient_id:uuid}}"
_CLOSING, _REOPENING, _ACCOUNT = f"{_RECORD}/fermer", f"{_RECORD}/rouvrir", f"{_RECORD}/compte"
_CLOSED, _REOPENED, _CONFIRMED = "fermeture", "reouverture", "compte"
_TEXTS = catalogue("portal")
_STATES = _TEXTS.of_codes("agent.state.{}", RecordStatus)


@get(_RECORD, opt=AGENT_PAGE, **PAGE_ROUTE)
async def show_record(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """Whether there is a record and in which state, and nothing else."""
    found = await request.call(Records.show_state, AboutRecord(patient_id=PatientId(patient_id)))
    return _page(
        request,
        "agent/record",
        PatientId(patient_id),
        state=_STATES.text(found.status, language_of(request)),
        is_active=found.status is RecordStatus.ACTIVE,
        is_closed=found.status is RecordStatus.CLOSED,
        done=_what_was_done(request),
    )


@get(_CLOSING, opt=AGENT_PAGE, **PAGE_ROUTE)
async def show_closing(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """What closing does, to whom, until when."""
    return _page(request, "agent/closing", PatientId(patient_id))


@post(_CLOSING, opt=AGENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def close_record(request: ApiRequest, patient_id: PatientInPath) -> Redirect:
    """Close it, because its holder asks for it or because it was opened by mistake."""
    sent = single_value(await form_of(request), "reason")
    reason = CloseReason.ERREUR if sent == CloseReason.ERREUR else CloseReason.DEMANDE
    await request.call(Records.close_record, CloseRecord(patient_id=PatientId(patient_id), reason=reason))
    return _back(patient_id, _CLOSED)


@post(_REOPENING, opt=AGENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def reopen_record(request: ApiRequest, patient_id: PatientInPath) -> Redirect:
    """Reopen it at once; it may be closed again."""
    await request.call(Records.reopen_record, AboutRecord(patient_id=PatientId(patient_id)))
    return _back(patient_id, _REOPENED)


@get(_ACCOUNT, opt=AGENT_PAGE, **PAGE_ROUTE)
async def show_account(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """What to check face to face before the account is opened."""
    return _page(request, "agent/account", PatientId(patient_id), error="")


@post(_ACCOUNT, opt=AGENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def confirm_account(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """Open the account; its holder is told."""
    try:
        await request.call(Identity.confirm_in_person, ConfirmInPerson(patient_id=PatientId(patient_id)))
    except RecordNotFound as refusal:
        record_refusal(request, refusal, refusal)
        _, status = _TEXTS.in_language(language_of(request)), HTTP_422_UNPROCESSABLE_ENTITY
        return _page(request, "agent/account", PatientId(patient_id), status=status, error=_("agent.account_none"))
    return _back(patient_id, _CONFIRMED)


def _back(patient_id: Any, done: str) -> Redirect:
    return Redirect(f"{AGENT_SITE}/d/{patient_id}?fait={done}", status_code=HTTP_303_SEE_OTHER)


def _page(request: ApiRequest, template: str, patient_id: PatientId, **values: Any) -> Response[bytes]:
    return render(request, template, base=f"{AGENT_SITE}/d/{patient_id}", **values)


def _what_was_done(request: ApiRequest) -> str:
    """What to say of the act that led here; only an act of this list is named."""
    _ = _TEXTS.in_language(language_of(request))
    done = {
        OPENED: _("opening.done"),
        EXISTS: _("opening.exists"),
        _CLOSED: _("agent.closed"),
        _REOPENED: _("agent.reopened"),
        _CONFIRMED: _("agent.confirmed"),
    }
    return done.get(request.query_params.get("fait", ""), "")


ROUTES = [show_record, show_closing, close_record, reopen_record, show_account, confirm_account]
