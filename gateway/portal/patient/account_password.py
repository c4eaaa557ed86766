"""A new password for an account."""

from typing import Any

from litestar import Response, get, post
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.base import Malformed
from contracts.errors.execution import TooManyAttempts
from contracts.errors.request import LoginFailed
from contracts.identity.api import Identity
from contracts.identity.logins import ChangePassword
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.account_view import ACCOUNT, account_frame, done_at
from gateway.portal.patient.form_pages import form_page, missing_of, refused_page
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from translations.catalogue import catalogue

_PATH = f"{ACCOUNT}/mot-de-passe"
_TEMPLATE = "patient/password"
_TEXTS = catalogue("portal")


@get(_PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_password(request: ApiRequest) -> Response[bytes]:
    """The present password, and a new one."""
    return form_page(request, _TEMPLATE, **account_frame(request))


@post(_PATH, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def change_password(request: ApiRequest) -> Response[Any]:
    """Set it; every other session ends, and known devices are forgotten."""
    sent = await form_of(request)
    fields = {name: single_value(sent, name) for name in ("current", "password")}
    errors = missing_of(request, fields, "current", "password")
    if errors:
        return form_page(request, _TEMPLATE, errors=errors, **account_frame(request))
    message = ChangePassword(current=fields["current"], password=fields["password"])
    try:
        await request.call(Identity.change_password, message)
    except LoginFailed as refusal:
        record_refusal(request, refusal, refusal)
        _ = _TEXTS.in_language(language_of(request))
        wrong = {"current": _("account.current_wrong")}
        return render(request, _TEMPLATE, status=status_of(refusal), errors=wrong, **account_frame(request))
    except TooManyAttempts as refusal:
        return refused_page(request, _TEMPLATE, refusal, "current", **account_frame(request))
    except Malformed as refusal:
        return refused_page(request, _TEMPLATE, refusal, "password", **account_frame(request))
    return done_at(ACCOUNT, "password-changed")


ROUTES = [show_password, change_password]
