"""The authenticator app of an account: its secret is shown once, its first code confirms it."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.request import LoginFailed
from contracts.identity.api import Identity
from contracts.identity.logins import BeginAuthenticator, ConfirmAuthenticator, RemoveAuthenticator
from gateway.clients import ApiRequest
from gateway.forms import form_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.pages import render
from gateway.portal.patient.account_view import ACCOUNT, account_frame, done_at
from gateway.portal.patient.form_pages import form_page, missing_of, refused_page, values_of
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE

_PATH = f"{ACCOUNT}/application"
_REMOVE = f"{_PATH}/retirer"
_APP_LINK = "otpauth://totp/"
_GROUP = 4


@get(_PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def offer_authenticator(request: ApiRequest) -> Response[bytes]:
    """A new secret, to be read by the app; one that was offered before opens nothing."""
    offered = await request.call(Identity.begin_authenticator, BeginAuthenticator())
    return form_page(request, "patient/authenticator", **_values(request, offered.secret, offered.uri))


@post(_PATH, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def confirm_authenticator(request: ApiRequest) -> Response[Any]:
    """The app's first code; after a wrong one the same secret is shown, for the app has it already."""
    fields = values_of(await form_of(request), ("code", "secret", "uri"))
    values = _values(request, fields["secret"], fields["uri"])
    errors = missing_of(request, fields, "code")
    if errors:
        return form_page(request, "patient/authenticator", errors=errors, **values)
    message = ConfirmAuthenticator(code="".join(fields["code"].split()))
    try:
        await request.call(Identity.confirm_authenticator, message)
    except LoginFailed as refusal:
        return refused_page(request, "patient/authenticator", refusal, "code", **values)
    return done_at(ACCOUNT, "authenticator-added")


@get(_REMOVE, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def ask_to_remove(request: ApiRequest) -> Response[bytes]:
    """What removing the app means."""
    return render(request, "patient/authenticator_remove", **account_frame(request))


@post(_REMOVE, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def remove_authenticator(request: ApiRequest) -> Redirect:
    """The app's codes open nothing any more."""
    await request.call(Identity.remove_authenticator, RemoveAuthenticator())
    return done_at(ACCOUNT, "authenticator-removed")


def _values(request: ApiRequest, secret: str, uri: str) -> dict[str, Any]:
    groups = [secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)]
    return account_frame(request) | {
        "secret": secret,
        "groups": groups,
        "uri": uri if uri.startswith(_APP_LINK) else "",
    }


ROUTES = [offer_authenticator, confirm_authenticator, ask_to_remove, remove_authenticator]
