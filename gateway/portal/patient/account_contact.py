"""The addresses of an account, to which codes and notices go: a new one is proven by a code before it is taken."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.base import Malformed
from contracts.errors.execution import TooManyAttempts
from contracts.errors.request import LoginFailed
from contracts.identity.api import Identity
from contracts.identity.logins import ChangeContact, PresentCode
from contracts.vocabulary import Channel
from gateway.clients import ApiRequest
from gateway.forms import form_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.patient.account_view import ACCOUNT, account_frame, done_at
from gateway.portal.patient.activation import as_e164
from gateway.portal.patient.form_pages import form_page, missing_of, refused_page, values_of
from gateway.portal.patient.parameters import AttemptOfLogin
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE

_PATHS = {f"{ACCOUNT}/courriel": Channel.EMAIL, f"{ACCOUNT}/mobile": Channel.SMS}
_CODE = f"{ACCOUNT}/coordonnees/{{attempt:uuid}}"
_FIELDS = {Channel.EMAIL: "email", Channel.SMS: "mobile"}


@get(list(_PATHS), opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_contact(request: ApiRequest) -> Response[bytes]:
    """The new address, or number."""
    return form_page(request, "patient/contact", **_values(request, _PATHS[request.url.path], ""))


@post(list(_PATHS), opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def change_contact(request: ApiRequest) -> Response[Any]:
    """Send a code there; until it is typed, nothing is changed."""
    fields, channel = values_of(await form_of(request), ("email", "mobile")), _PATHS[request.url.path]
    field = _FIELDS[channel]
    values = _values(request, channel, fields[field])
    errors = missing_of(request, fields, field)
    if errors:
        return form_page(request, "patient/contact", errors=errors, **values)
    address = as_e164(fields[field]) if channel is Channel.SMS else fields[field]
    try:
        sent = await request.call(Identity.change_contact, ChangeContact(channel=channel, address=address))
    except (Malformed, TooManyAttempts) as refusal:
        return refused_page(request, "patient/contact", refusal, field, **values)
    return Redirect(_code_path(sent.attempt), status_code=HTTP_303_SEE_OTHER)


@get(_CODE, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_code(request: ApiRequest, attempt: AttemptOfLogin) -> Response[bytes]:
    """The page that asks for the code."""
    return form_page(request, "patient/contact_code", action=_code_path(attempt), **account_frame(request))


@post(_CODE, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def confirm_contact(request: ApiRequest, attempt: AttemptOfLogin) -> Response[Any]:
    """The address is the account's from now on."""
    fields = values_of(await form_of(request), ("code",))
    values = account_frame(request) | {"action": _code_path(attempt)}
    errors = missing_of(request, fields, "code")
    if errors:
        return form_page(request, "patient/contact_code", errors=errors, **values)
    message = PresentCode(attempt=str(attempt), code="".join(fields["code"].split()))
    try:
        await request.call(Identity.confirm_contact, message)
    except LoginFailed as refusal:
        return refused_page(request, "patient/contact_code", refusal, "code", **values)
    return done_at(ACCOUNT, "contact-changed")


def _code_path(attempt: UUID | str) -> str:
    return f"{ACCOUNT}/coordonnees/{attempt}"


def _values(request: ApiRequest, channel: Channel, address: str) -> dict[str, Any]:
    return account_frame(request) | {"channel": channel.value, "address": address}


ROUTES = [show_contact, change_contact, show_code, confirm_contact]
