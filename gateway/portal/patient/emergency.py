"""What is allowed in an emergency: two accesses that may be opposed, and whether hidden documents are shown."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.api import Method
from contracts.consent.api import Consent
from contracts.consent.authorisations import ListAuthorisations, PatientDecisions, SetOpposition, SetUnmasking
from contracts.errors.request import InvalidRequest
from contracts.vocabulary import AccessMode, PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.last_act import clear_last_act, last_act, last_act_cookie
from gateway.portal.pages import render
from gateway.portal.patient.record_view import RECORD, base_of, frame_of
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from translations.catalogue import catalogue

_PATH = f"{RECORD}/urgence"
_SETTING = "setting"
_TEXTS = catalogue("portal")


class Setting(StrEnum):
    """The settings, as buttons send them."""

    ALLOW_DOCTORS = "permettre-bris_de_glace"
    OPPOSE_DOCTORS = "refuser-bris_de_glace"
    ALLOW_CENTRE = "permettre-centre_15"
    OPPOSE_CENTRE = "refuser-centre_15"
    SHOW_HIDDEN = "montrer-masques"
    KEEP_HIDDEN = "taire-masques"


_UNDONE_BY = {
    Setting.ALLOW_DOCTORS: Setting.OPPOSE_DOCTORS,
    Setting.OPPOSE_DOCTORS: Setting.ALLOW_DOCTORS,
    Setting.ALLOW_CENTRE: Setting.OPPOSE_CENTRE,
    Setting.OPPOSE_CENTRE: Setting.ALLOW_CENTRE,
    Setting.SHOW_HIDDEN: Setting.KEEP_HIDDEN,
    Setting.KEEP_HIDDEN: Setting.SHOW_HIDDEN,
}
_DONE = _TEXTS.of_codes("emergencies.done.{}", Setting)
_ON = (Setting.ALLOW_DOCTORS, Setting.ALLOW_CENTRE, Setting.SHOW_HIDDEN)
_ICONS = ("siren", "hospital", "eye-off")
_NAMES = _TEXTS.of_codes("emergencies.title.{}", _ON)
_MEANINGS = _TEXTS.of_codes("emergencies.means.{}", _ON)
_IF_OFF = _TEXTS.of_codes("emergencies.if_off.{}", _ON)
_STATES = _TEXTS.of_codes("emergencies.state.{}", Setting)
_BUTTONS = _TEXTS.of_codes("emergencies.button.{}", Setting)
_MODES = {
    Setting.ALLOW_DOCTORS: (AccessMode.BRIS_DE_GLACE, False),
    Setting.OPPOSE_DOCTORS: (AccessMode.BRIS_DE_GLACE, True),
    Setting.ALLOW_CENTRE: (AccessMode.CENTRE_15, False),
    Setting.OPPOSE_CENTRE: (AccessMode.CENTRE_15, True),
}


@dataclass(frozen=True)
class Switch:
    """One setting as it is now, and the button that changes it."""

    name: str
    icon: str
    is_on: bool
    is_refused: bool
    state: str
    means: str
    if_off: str
    change: Setting
    button: str


@get(_PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_settings(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The three settings, what each means, and how it is now."""
    record, language = PatientId(patient_id), language_of(request)
    words = last_act(request, record, 1)
    done = Setting(words[0]) if words and words[0] in frozenset(Setting) else None
    decisions = await request.call(Consent.list_authorisations, ListAuthorisations(patient_id=record))
    page = render(
        request,
        "patient/emergencies",
        switches=_switches(decisions, language),
        message=None if done is None else (_DONE.text(done, language), _UNDONE_BY[done].value),
        **frame_of(request, record),
    )
    return clear_last_act(request, page)


@post(_PATH, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def change_setting(request: ApiRequest, patient_id: PatientInPath) -> Redirect:
    """Change one, at once."""
    record, sent = PatientId(patient_id), single_value(await form_of(request), _SETTING)
    if sent not in frozenset(Setting):
        raise InvalidRequest(field=_SETTING)
    setting = Setting(sent)
    method, message = _call_of(setting, record)
    await request.call(method, message)
    cookie = last_act_cookie(request, record, setting.value)
    return Redirect(f"{base_of(record)}/urgence", status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


def _call_of(setting: Setting, record: PatientId) -> tuple[Method[Any, Any], Any]:
    if setting in _MODES:
        mode, opposed = _MODES[setting]
        return Consent.set_opposition, SetOpposition(patient_id=record, mode=mode, opposed=opposed)
    return Consent.set_unmasking, SetUnmasking(patient_id=record, unmasks=setting is Setting.SHOW_HIDDEN)


def _switches(decisions: PatientDecisions, language: str) -> list[Switch]:
    are_on = (
        AccessMode.BRIS_DE_GLACE not in decisions.oppositions,
        AccessMode.CENTRE_15 not in decisions.oppositions,
        decisions.unmasks_in_emergency,
    )
    return [
        Switch(
            name=_NAMES.text(on, language),
            icon=icon,
            is_on=is_on,
            is_refused=not is_on and on in _MODES,
            state=_STATES.text(on if is_on else _UNDONE_BY[on], language),
            means=_MEANINGS.text(on, language),
            if_off=_IF_OFF.text(on, language),
            change=_UNDONE_BY[on] if is_on else on,
            button=_BUTTONS.text(_UNDONE_BY[on] if is_on else on, language),
        )
        for on, icon, is_on in zip(_ON, _ICONS, are_on, strict=True)
    ]


ROUTES = [show_settings, change_setting]
