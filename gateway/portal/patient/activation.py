"""Activation of an account: the carte Vitale says who, a code proves the address; then a passkey is offered."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.base import Refusal
from contracts.errors.execution import AccountExists, TooManyAttempts
from contracts.errors.request import AddressUnsupported, WeakPassword
from contracts.identity.api import Identity
from contracts.identity.logins import ActivateAccount, PresentCode
from contracts.vocabulary import Channel
from gateway.clients import ApiRequest
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.patient.account_passkeys import FIRST
from gateway.portal.patient.entry import LOGIN, enter
from gateway.portal.patient.form_pages import form_page, missing_of, refused_page, values_of
from gateway.portal.patient.parameters import AttemptOfLogin
from gateway.portal.routes import PATIENT_SITE, PUBLIC_FORM, PUBLIC_PAGE
from gateway.user_agents import device_of
from translations.catalogue import catalogue

_PATH = f"{PATIENT_SITE}/activer"
_CODE = f"{_PATH}/code/{{attempt:uuid}}"
_WAITS = f"{LOGIN}/attente"
_FIELDS = ("proof", "identifier", "email", "mobile", "channel")
_PLACES: dict[type[Refusal], str] = {
    WeakPassword: "password",
    AddressUnsupported: "email",
    AccountExists: "identifier",
    TooManyAttempts: "email",
}
"""Refusal -> the field beside which its text stands; of others it is the card's proof."""
CHANNELS = catalogue("portal").of_codes("activation.by_{}", (Channel.EMAIL, Channel.SMS))


@get(_PATH, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_activation(request: ApiRequest) -> Response[bytes]:
    """What is needed, on one page."""
    return form_page(request, "patient/activate", **_values(request, dict.fromkeys(_FIELDS, "")))


@post(_PATH, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def start_activation(request: ApiRequest) -> Response[Any]:
    """Send a code to the address; all but the password is kept where something is wrong."""
    sent = await form_of(request)
    fields = values_of(sent, _FIELDS) | {"password": single_value(sent, "password")}
    values = _values(request, fields)
    errors = missing_of(request, fields, "proof", "identifier", "password", "email", "mobile")
    if errors:
        return form_page(request, "patient/activate", errors=errors, **values)
    message = ActivateAccount(
        proof=fields["proof"],
        identifier=fields["identifier"],
        password=fields["password"],
        email=fields["email"],
        mobile=as_e164(fields["mobile"]),
        channel=channel_of(fields["channel"]),
    )
    try:
        started = await request.call(Identity.activate_account, message)
    except Refusal as refusal:
        return refused_page(request, "patient/activate", refusal, _PLACES.get(type(refusal), "proof"), **values)
    return Redirect(_code_path(started.attempt), status_code=HTTP_303_SEE_OTHER)


@get(_CODE, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_code(request: ApiRequest, attempt: AttemptOfLogin) -> Response[bytes]:
    """The page that asks for the code."""
    return form_page(request, "patient/activate_code", action=_code_path(attempt), again=_PATH)


@post(_CODE, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def finish_activation(request: ApiRequest, attempt: AttemptOfLogin) -> Response[Any]:
    """Log in with the code; or say what the account waits for."""
    sent = await form_of(request)
    fields, values = values_of(sent, ("code", "remember")), {"action": _code_path(attempt), "again": _PATH}
    errors = missing_of(request, fields, "code")
    if errors:
        return form_page(request, "patient/activate_code", errors=errors, **values)
    message = PresentCode(
        attempt=str(attempt),
        code="".join(fields["code"].split()),
        device=device_of(request.headers.get("user-agent", "")),
        remember=bool(fields["remember"]),
    )
    try:
        token = await request.call(Identity.confirm_account, message)
    except Refusal as refusal:
        return refused_page(request, "patient/activate_code", refusal, "code", **values)
    if token.pending:
        return Redirect(_WAITS, status_code=HTTP_303_SEE_OTHER)
    return await enter(request, token, FIRST)


def channel_of(sent: str) -> Channel:
    """The channel that was chosen; an e-mail where none was."""
    return Channel.SMS if sent == Channel.SMS else Channel.EMAIL


def as_e164(number: str) -> str:
    """A number as people write it in France, 06 12 34 56 78, with its country; any other as it is."""
    digits = "".join(character for character in number if character not in " .-\u202f\u00a0()")
    return f"+33{digits[1:]}" if len(digits) == 10 and digits.startswith("0") else digits


def _code_path(attempt: UUID | str) -> str:
    return f"{_PATH}/code/{attempt}"


def _values(request: ApiRequest, fields: dict[str, str]) -> dict[str, Any]:
    language = language_of(request)
    return {
        "fields": fields | {"channel": channel_of(fields["channel"]).value},
        "channels": [(name, CHANNELS.text(name, language)) for name in CHANNELS.keys],
    }


PUBLIC_ROUTES = [show_activation, start_activation, show_code, finish_activation]
