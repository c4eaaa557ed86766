"""The pages of an account: their frame, and what has just been done, said once."""

from typing import Any
from uuid import UUID

from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.request import TokenMissing
from contracts.vocabulary import PatientId
from gateway.clients import ApiRequest
from gateway.portal.languages import language_of
from gateway.portal.patient.record_view import frame_of
from gateway.portal.routes import PATIENT_SITE
from gateway.request_state import request_state_of
from translations.catalogue import catalogue

ACCOUNT = f"{PATIENT_SITE}/compte"
_DONE = "fait"
_MESSAGES = catalogue("portal").of_codes(
    "account.done.{}",
    (
        *("passkey-added", "passkey-removed", "authenticator-added", "authenticator-removed"),
        *("password-changed", "contact-changed", "session-ended", "sessions-ended", "device-forgotten"),
    ),
)


def own_record(request: ApiRequest) -> PatientId:
    """The record of whoever is logged in; raises TokenMissing."""
    actor = request_state_of(request.scope).actor
    if actor is None:
        raise TokenMissing
    return PatientId(UUID(actor.subject))


def account_frame(request: ApiRequest) -> dict[str, Any]:
    """What the frame of each page of an account needs; `message`: what has just been done, if anything."""
    done = request.query_params.get(_DONE, "")
    message = _MESSAGES.text(done, language_of(request)) if done in _MESSAGES else ""
    return frame_of(request, own_record(request)) | {"message": message, "account": ACCOUNT}


def done_at(path: str, done: str) -> Redirect:
    """Back to a page, which says what was done."""
    return Redirect(f"{path}?{_DONE}={done}", status_code=HTTP_303_SEE_OTHER)
