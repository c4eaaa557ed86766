"""The life of a record: who sees new documents, closing, reopening, destruction; for holders and representatives."""

from datetime import datetime, time

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.dates import PARIS
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, CloseRecord, RecordDetails, SetDefaultVisibility
from contracts.vocabulary import PatientId, RecordStatus
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.patient.acts_done import DONE
from gateway.portal.patient.profiles import profile_of
from gateway.portal.patient.record_view import RECORD, base_of, record_page
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from translations.catalogue import catalogue

_PATH = f"{RECORD}/dossier"
_YES = "oui"
_DONE = catalogue("portal").of_codes("life.done.{}", ("masque", "montre", "ferme", "rouvert", "destruction"))


@get(_PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_life(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """Its state, and what may be done about it."""
    record = PatientId(patient_id)
    await profile_of(request, record)
    details = await request.call(Records.get_record, AboutRecord(patient_id=record))
    return record_page(
        request,
        record,
        "patient/life",
        details=details,
        is_active=details.status is RecordStatus.ACTIVE,
        is_closed=details.status is RecordStatus.CLOSED,
        purge_on=datetime.combine(details.purge_on, time(12), PARIS) if details.purge_on else None,
        act=_act_done(request, details),
        done=_text_of(request, details),
    )


@post(f"{_PATH}/visibilite", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def set_default_visibility(request: ApiRequest, patient_id: PatientInPath) -> Redirect:
    """Hide new documents from professionals, or not."""
    is_masked = single_value(await form_of(request), "masque") == _YES
    message = SetDefaultVisibility(patient_id=PatientId(patient_id), masque_ps=is_masked)
    await request.call(Records.set_default_visibility, message)
    return _done(message.patient_id, "masque" if is_masked else "montre")


@get(f"{_PATH}/fermeture", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def ask_closing(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """What closing does, to whom, until when."""
    await profile_of(request, PatientId(patient_id))
    return record_page(request, PatientId(patient_id), "patient/closing")


@post(f"{_PATH}/fermeture", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def close_record(request: ApiRequest, patient_id: PatientInPath) -> Redirect:
    """Close it; the page of its life says so for as long as it lasts."""
    await request.call(Records.close_record, CloseRecord(patient_id=PatientId(patient_id)))
    return _done(PatientId(patient_id), "ferme")


@post(f"{_PATH}/reouverture", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def reopen_record(request: ApiRequest, patient_id: PatientInPath) -> Redirect:
    """Open it again, with all it holds; this also cancels a destruction."""
    await request.call(Records.reopen_record, AboutRecord(patient_id=PatientId(patient_id)))
    return _done(PatientId(patient_id), "rouvert")


@get(f"{_PATH}/destruction", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def ask_destruction(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """What destruction does, to whom, and until when it can be undone."""
    await profile_of(request, PatientId(patient_id))
    return record_page(request, PatientId(patient_id), "patient/destruction")


@post(f"{_PATH}/destruction", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def request_destruction(request: ApiRequest, patient_id: PatientInPath) -> Redirect:
    """Request it; the page of its life says the day for as long as there is one."""
    await request.call(Records.request_destruction, AboutRecord(patient_id=PatientId(patient_id)))
    return _done(PatientId(patient_id), "destruction")


def _act_done(request: ApiRequest, details: RecordDetails) -> str:
    """The act that the address names, as long as the record is as it left it: the page may be an older one."""
    act = request.query_params.get(DONE, "")
    is_closed = details.status is RecordStatus.CLOSED
    holds = {
        "masque": details.default_masked,
        "montre": not details.default_masked,
        "ferme": is_closed,
        "rouvert": not is_closed,
        "destruction": is_closed,
    }
    return act if holds.get(act, False) else ""


def _text_of(request: ApiRequest, details: RecordDetails) -> str:
    act = _act_done(request, details)
    return _DONE.text(act, language_of(request)) if act else ""


def _done(patient_id: PatientId, act: str) -> Redirect:
    return Redirect(f"{base_of(patient_id)}/dossier?{DONE}={act}", status_code=HTTP_303_SEE_OTHER)


ROUTES = [
    show_life,
    set_default_visibility,
    ask_closing,
    close_record,
    reopen_record,
    ask_destruction,
    request_destruction,
]
