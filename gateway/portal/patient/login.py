"""Login of patients with identifier and password, then a one-time code; and logout."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from contracts.errors.base import Refusal
from contracts.identity.api import Identity
from contracts.identity.logins import PresentCode, StartLogin
from contracts.vocabulary import Channel
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.peer import client_address
from gateway.portal.browser_login import end_session, open_session
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.routes import PATIENT_FORM, PATIENT_SITE, PUBLIC_FORM, PUBLIC_PAGE, login_path, own_path
from gateway.user_agents import device_of
from translations.catalogue import catalogue

_LOGIN = login_path(PATIENT_SITE)
_CODE = f"{_LOGIN}/code/{{attempt:uuid}}"
_NEXT, _LOGGED_OUT, _BY_APP = "suite", "fin", "app"
_TEXTS = catalogue("portal")

AttemptOfLogin = Annotated[UUID, PathParameter(description="La connexion en cours · The login under way")]


@get(_LOGIN, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_login(request: ApiRequest) -> Response[bytes]:
    """Identifier and password."""
    return _page(request, request.query_params.get(_NEXT, ""), {"identifier": "", "by": _BY_APP}, None)


@post(_LOGIN, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def start_login(request: ApiRequest) -> Response[Any]:
    """Right or wrong, the next page asks for a code."""
    sent = await form_of(request)
    fields = {name: single_value(sent, name) for name in ("identifier", "by")}
    message = StartLogin(
        identifier=fields["identifier"],
        password=single_value(sent, "password"),
        channel=Channel.EMAIL if fields["by"] == Channel.EMAIL else Channel.SMS,
        send=fields["by"] != _BY_APP,
        origin=client_address(request),
    )
    following = own_path(single_value(sent, _NEXT), PATIENT_SITE)
    try:
        started = await request.call(Identity.start_login, message)
    except Refusal as refusal:
        return _page(request, following, fields, refusal)
    return _code_page(request, started.attempt, following, None)


@post(_CODE, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def finish_login(request: ApiRequest, attempt: AttemptOfLogin) -> Response[Any]:
    """Log in with the code."""
    sent = await form_of(request)
    following = own_path(single_value(sent, _NEXT), PATIENT_SITE)
    message = PresentCode(
        attempt=str(attempt),
        code="".join(single_value(sent, "code").split()),
        device=device_of(request.headers.get("user-agent", "")),
        origin=client_address(request),
    )
    try:
        token = await request.call(Identity.finish_login, message)
    except Refusal as refusal:
        return _code_page(request, str(attempt), following, refusal)
    cookie = await open_session(request, token.access_token)
    return Redirect(following, status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


@get(f"{_LOGIN}/faite", opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_logged_in(request: ApiRequest) -> Response[bytes]:
    """The end of a login in a second window: the first one goes on."""
    return render(request, "patient/logged_in")


@post(f"{PATIENT_SITE}/deconnexion", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def log_out(request: ApiRequest) -> Redirect:
    """End the session, here and everywhere."""
    cookie = await end_session(request)
    return Redirect(f"{_LOGIN}?{_LOGGED_OUT}=1", status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


def _page(request: ApiRequest, following: str, fields: dict[str, str], refusal: Refusal | None) -> Response[bytes]:
    _ = _TEXTS.in_language(language_of(request))
    return _answer(
        request,
        "patient/login",
        refusal,
        "identifier",
        next=following,
        fields=fields,
        is_logged_out=_LOGGED_OUT in request.query_params,
        means=(
            (_BY_APP, _("login_patient.by_app")),
            (Channel.EMAIL.value, _("login_patient.by_email")),
            (Channel.SMS.value, _("login_patient.by_sms")),
        ),
    )


def _code_page(request: ApiRequest, attempt: str, following: str, refusal: Refusal | None) -> Response[bytes]:
    return _answer(request, "patient/code", refusal, "code", attempt=attempt, next=following)


def _answer(
    request: ApiRequest, template: str, refusal: Refusal | None, field: str, **values: Any
) -> Response[bytes]:
    """A page with the text of a refusal beside a field."""
    if refusal is None:
        return render(request, template, status=HTTP_200_OK, errors={}, **values)
    record_refusal(request, refusal, refusal)
    errors = {field: text_of(request, refusal)}
    return render(request, template, status=status_of(refusal), errors=errors, **values)


PUBLIC_ROUTES = [show_login, start_login, finish_login, show_logged_in]
ROUTES = [log_out]
