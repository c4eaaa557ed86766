"""Login of patients: a passkey first, or else identifier and password, then a one-time code; and logout."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.base import Refusal
from contracts.errors.request import AccountPending
from contracts.identity.api import Identity
from contracts.identity.logins import PresentCode, StartLogin
from contracts.vocabulary import Channel
from gateway.clients import ApiRequest
from gateway.forms import form_of, single_value
from gateway.known_devices import known_as
from gateway.peer import client_address
from gateway.portal.browser_login import end_session
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.entry import LOGIN, NEXT, enter, next_of, with_next
from gateway.portal.patient.form_pages import form_page, missing_of, refused_page, values_of
from gateway.portal.patient.parameters import AttemptOfLogin
from gateway.portal.patient.profiles import forgotten_cookie
from gateway.portal.routes import PATIENT_FORM, PATIENT_SITE, PUBLIC_FORM, PUBLIC_PAGE, own_path
from gateway.user_agents import device_of
from translations.catalogue import catalogue

_CODE = f"{LOGIN}/code/{{attempt:uuid}}"
_LOGGED_OUT, _BY, _BY_APP = "fin", "par", "app"
_WAITS = f"{LOGIN}/attente"
_MEANS = catalogue("portal").of_codes("login_patient.by_{}", (_BY_APP, Channel.EMAIL, Channel.SMS))
_SENT = catalogue("portal").of_codes("login_patient.sent_by_{}", (Channel.EMAIL, _BY_APP, Channel.SMS))


@get(LOGIN, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_login(request: ApiRequest) -> Response[bytes]:
    """The ways to log in; an e-mail is chosen first, for each account can receive one."""
    fields = {"identifier": "", "by": Channel.EMAIL.value}
    return form_page(request, "patient/login", **_login_values(request, next_of(request), fields))


@post(LOGIN, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def start_login(request: ApiRequest) -> Response[Any]:
    """Right or wrong, the next page asks for a code."""
    sent = await form_of(request)
    fields = values_of(sent, ("identifier", "by")) | {"password": single_value(sent, "password")}
    following = own_path(single_value(sent, NEXT), PATIENT_SITE)
    values = _login_values(request, following, fields)
    errors = missing_of(request, fields, "identifier", "password")
    if errors:
        return form_page(request, "patient/login", errors=errors, **values)
    by = fields["by"] if fields["by"] in _MEANS else Channel.EMAIL.value
    message = StartLogin(
        identifier=fields["identifier"],
        password=fields["password"],
        channel=Channel.SMS if by == Channel.SMS else Channel.EMAIL,
        send=by != _BY_APP,
        origin=client_address(request),
        device_token=known_as(request),
    )
    try:
        started = await request.call(Identity.start_login, message)
    except Refusal as refusal:
        return refused_page(request, "patient/login", refusal, "identifier", **values)
    location = with_next(_code_path(started.attempt), following, **{_BY: by})
    return Redirect(location, status_code=HTTP_303_SEE_OTHER)


@get(_CODE, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_code(request: ApiRequest, attempt: AttemptOfLogin) -> Response[bytes]:
    """The page that asks for the code; loaded again, it is the same."""
    by = request.query_params.get(_BY, "")
    return form_page(request, "patient/code", **_code_values(request, attempt, next_of(request), by))


@post(_CODE, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def finish_login(request: ApiRequest, attempt: AttemptOfLogin) -> Response[Any]:
    """Log in with the code; the account may wait for the code of a letter too."""
    sent = await form_of(request)
    fields = values_of(sent, ("code", "letter", "remember", _BY))
    following = own_path(single_value(sent, NEXT), PATIENT_SITE)
    values = _code_values(request, attempt, following, fields[_BY]) | {"fields": fields}
    errors = missing_of(request, fields, "code")
    if errors:
        return form_page(request, "patient/code", errors=errors, **values)
    message = PresentCode(
        attempt=str(attempt),
        code="".join(fields["code"].split()),
        device=device_of(request.headers.get("user-agent", "")),
        origin=client_address(request),
        remember=bool(fields["remember"]),
        letter=fields["letter"],
    )
    try:
        token = await request.call(Identity.finish_login, message)
    except AccountPending as refusal:
        return refused_page(request, "patient/code", refusal, "letter", **values | {"is_pending": True})
    except Refusal as refusal:
        return refused_page(request, "patient/code", refusal, "code", **values)
    return await enter(request, token, following)


@get(_WAITS, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_waiting(request: ApiRequest) -> Response[bytes]:
    """An account that was activated, and waits for a letter's code or for an agent."""
    return render(request, "patient/waiting", login=LOGIN)


@post(f"{PATIENT_SITE}/deconnexion", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def log_out(request: ApiRequest) -> Redirect:
    """End the session, here and everywhere."""
    cookies = [await end_session(request), forgotten_cookie(request)]
    return Redirect(f"{LOGIN}?{_LOGGED_OUT}=1", status_code=HTTP_303_SEE_OTHER, cookies=cookies)


def _code_path(attempt: UUID | str) -> str:
    return f"{LOGIN}/code/{attempt}"


def _login_values(request: ApiRequest, following: str, fields: dict[str, str]) -> dict[str, Any]:
    language = language_of(request)
    return {
        "next": following,
        "fields": fields,
        "means": [(name, _MEANS.text(name, language)) for name in _MEANS.keys],
        "by_passkey": with_next(f"{LOGIN}/cle", following),
        "is_logged_out": _LOGGED_OUT in request.query_params,
    }


def _code_values(request: ApiRequest, attempt: UUID, following: str, by: str) -> dict[str, Any]:
    return {
        "action": _code_path(attempt),
        "next": following,
        "by": by if by in _SENT else _BY_APP,
        "sent": _SENT.text(by if by in _SENT else _BY_APP, language_of(request)),
        "again": with_next(LOGIN, following),
        "fields": dict.fromkeys(("code", "letter", "remember"), ""),
        "is_pending": False,
    }


PUBLIC_ROUTES = [show_login, start_login, show_code, finish_login, show_waiting]
ROUTES = [log_out]
