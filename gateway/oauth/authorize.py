"""Pages of an app's authorization request: login, one-time code, consent, and redirect back to the app."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_400_BAD_REQUEST

from contracts.envelope import Problem
from contracts.errors.base import Refusal
from contracts.errors.registry import refusal_from
from contracts.errors.request import InvalidRequest, LoginFailed
from contracts.identity.api import Identity
from contracts.identity.logins import PresentCode, StartLogin
from contracts.identity.oauth import (
    AuthorizationBegun,
    AuthorizationParameters,
    BeginAuthorization,
    ConsentRequest,
    DecideAuthorization,
    ShowAuthorization,
)
from contracts.identity.passkeys import BeginPasskeyLogin, FinishPasskeyLogin
from contracts.vocabulary import Channel, PatientId, Section
from gateway.clients import ApiRequest
from gateway.errors import oauth_error_code, record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.guards import RATE_LIMITED
from gateway.known_devices import known_as, make_known
from gateway.oauth.browsers import (
    check_own_form,
    secret_of,
    sign_in,
    sign_out,
    signed_in,
    with_secret,
)
from gateway.oauth.forms import (
    FORM_OPT,
    PAGE_OPT,
    PAGE_ROUTE,
    client_redirect,
    text_of,
    with_headers,
)
from gateway.oauth.pages import page
from gateway.oauth.represented import people_represented
from gateway.peer import client_address
from gateway.user_agents import device_of
from translations.refusals import refusal_text

PATH = "/oauth/authorize"
_BY_APP, _ALLOW, _DENIED = "app", "allow", "access_denied"
_PARAMETERS = tuple(AuthorizationParameters.__struct_fields__)

RequestInPath = Annotated[UUID, PathParameter(description="La demande · The request")]
AttemptOfLogin = Annotated[UUID, PathParameter(description="La connexion en cours · The login under way")]


@get(PATH, opt=PAGE_OPT | {RATE_LIMITED: True}, **PAGE_ROUTE)
async def start(request: ApiRequest) -> Redirect:
    """Start an authorization request; redirects to its page, or back to the app with an error."""
    return await _start(request, list(request.query_params.multi_items()))


@post(PATH, opt=FORM_OPT, **PAGE_ROUTE)
async def start_by_form(request: ApiRequest) -> Redirect:
    """Start an authorization request sent in a form."""
    fields = await form_of(request)
    return await _start(request, [(name, value) for name, values in fields.items() for value in values])


@get(f"{PATH}/{{request_id:uuid}}", opt=PAGE_OPT, **PAGE_ROUTE)
async def show(request: ApiRequest, request_id: RequestInPath) -> Response[str]:
    """The login page, or the consent page for a patient who is logged in."""
    pending = await _pending_request(request, request_id)
    return await _request_page(request, request_id, pending)


@post(f"{PATH}/{{request_id:uuid}}/login", opt=FORM_OPT, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def log_in(request: ApiRequest, request_id: RequestInPath) -> Response[str] | Redirect:
    """Submit identifier and password; right or wrong, the next page asks for a code."""
    check_own_form(request)
    pending = await _pending_request(request, request_id)
    fields = await form_of(request)
    method = single_value(fields, "by")
    message = StartLogin(
        identifier=single_value(fields, "identifier"),
        password=single_value(fields, "password"),
        channel=Channel.EMAIL if method == Channel.EMAIL else Channel.SMS,
        send=method != _BY_APP,
        origin=client_address(request),
        device_token=known_as(request),
    )
    try:
        started = await request.call(Identity.start_login, message)
    except Refusal as refusal:
        return _page_with_error(request, refusal, "sign_in", request_id, pending=pending)
    return Redirect(f"{_page_path(request_id)}/code/{started.attempt}", status_code=HTTP_303_SEE_OTHER)


@post(f"{PATH}/{{request_id:uuid}}/passkey", opt=FORM_OPT, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def show_passkey(request: ApiRequest, request_id: RequestInPath) -> Response[str]:
    """The page that asks the browser for a passkey."""
    check_own_form(request)
    await _pending_request(request, request_id)
    offered = await request.call(Identity.begin_passkey_login, BeginPasskeyLogin())
    options = msgspec.json.encode(offered.options).decode()
    return page(request, "passkey", here=_page_path(request_id), attempt=offered.attempt, options=options)


@post(
    f"{PATH}/{{request_id:uuid}}/passkey/{{attempt:uuid}}", opt=FORM_OPT, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE
)
async def submit_passkey(
    request: ApiRequest, request_id: RequestInPath, attempt: AttemptOfLogin
) -> Response[str] | Redirect:
    """Submit the passkey's assertion; logs in."""
    check_own_form(request)
    pending = await _pending_request(request, request_id)
    try:
        credential = msgspec.json.decode(single_value(await form_of(request), "credential"), type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        raise InvalidRequest(field="credential") from None
    device = device_of(request.headers.get("user-agent", ""))
    message = FinishPasskeyLogin(attempt=str(attempt), credential=credential, device=device)
    try:
        token = await request.call(Identity.finish_passkey_login, message)
    except LoginFailed as refusal:
        return _page_with_error(request, refusal, "sign_in", request_id, pending=pending)
    return Redirect(_page_path(request_id), status_code=HTTP_303_SEE_OTHER, cookies=[sign_in(request, token)])


@get(f"{PATH}/{{request_id:uuid}}/code/{{attempt:uuid}}", opt=PAGE_OPT, **PAGE_ROUTE)
async def show_code(request: ApiRequest, request_id: RequestInPath, attempt: AttemptOfLogin) -> Response[str]:
    """The page that asks for the code."""
    await _pending_request(request, request_id)
    return page(request, "code", here=_page_path(request_id), attempt=attempt)


@post(f"{PATH}/{{request_id:uuid}}/code/{{attempt:uuid}}", opt=FORM_OPT, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def submit_code(
    request: ApiRequest, request_id: RequestInPath, attempt: AttemptOfLogin
) -> Response[str] | Redirect:
    """Submit the code; logs in with a cookie created only now, against session fixation."""
    check_own_form(request)
    await _pending_request(request, request_id)
    fields = await form_of(request)
    message = PresentCode(
        attempt=str(attempt),
        code="".join(single_value(fields, "code").split()),
        device=device_of(request.headers.get("user-agent", "")),
        origin=client_address(request),
        remember=bool(single_value(fields, "remember")),
    )
    try:
        token = await request.call(Identity.finish_login, message)
    except LoginFailed as refusal:
        return _page_with_error(request, refusal, "code", request_id, attempt=attempt)
    cookies = [sign_in(request, token), *make_known(request, token)]
    return Redirect(_page_path(request_id), status_code=HTTP_303_SEE_OTHER, cookies=cookies)


@post(f"{PATH}/{{request_id:uuid}}/decision", opt=FORM_OPT, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def submit_decision(request: ApiRequest, request_id: RequestInPath) -> Response[str] | Redirect:
    """Submit the patient's decision; logs out and redirects back to the app."""
    check_own_form(request)
    pending = await _pending_request(request, request_id)
    if signed_in(request) is None:
        return await _request_page(request, request_id, pending)
    fields = await form_of(request)
    if single_value(fields, "answer") == _ALLOW and not _is_anything_chosen(pending, fields):
        return await _request_page(request, request_id, pending, is_nothing_chosen=True)
    message = DecideAuthorization(
        request_id=request_id,
        browser=secret_of(request),
        allowed=single_value(fields, "answer") == _ALLOW,
        patient_id=_patient(single_value(fields, "patient")),
        sections=_sections(fields.get("section", [])),
        identity=bool(single_value(fields, "identity")),
        offline=bool(single_value(fields, "offline")),
    )
    answer = await request.call(Identity.decide_authorization, message)
    result = {"code": answer.code} if answer.code else {"error": _DENIED}
    url = client_redirect(request, answer.redirect_uri, answer.state, **result)
    return Redirect(url, status_code=HTTP_303_SEE_OTHER, cookies=[sign_out(request)])


async def _start(request: ApiRequest, sent: list[tuple[str, str]]) -> Redirect:
    names = [name for name, _ in sent]
    # With duplicate parameters, a proxy in front might check one value and this server use another.
    duplicate = next((name for name in _PARAMETERS if names.count(name) > 1), None)
    if duplicate:
        raise InvalidRequest(field=duplicate)
    parameters = AuthorizationParameters(**{name: value for name, value in sent if name in _PARAMETERS})
    browser, cookie = with_secret(request)
    started = await request.call(
        Identity.begin_authorization, BeginAuthorization(parameters=parameters, browser=browser)
    )
    if started.request_id is None:
        return Redirect(_error_location(request, started), status_code=HTTP_303_SEE_OTHER)
    location = started.sign_in_at or _page_path(started.request_id)
    return Redirect(location, status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


async def _pending_request(request: ApiRequest, request_id: UUID) -> ConsentRequest:
    message = ShowAuthorization(request_id=request_id, browser=secret_of(request))
    return await request.call(Identity.show_authorization, message)


async def _request_page(
    request: ApiRequest, request_id: UUID, pending: ConsentRequest, *, is_nothing_chosen: bool = False
) -> Response[str]:
    here = _page_path(request_id)
    if signed_in(request) is None:
        return page(request, "sign_in", here=here, pending=pending)
    represented = await people_represented(request)
    return page(
        request,
        "consent",
        status=HTTP_400_BAD_REQUEST if is_nothing_chosen else HTTP_200_OK,
        here=here,
        pending=pending,
        represented=represented,
        redirects_to=pending.redirect_uri,
        is_nothing_chosen=is_nothing_chosen,
    )


def _is_anything_chosen(pending: ConsentRequest, fields: dict[str, list[str]]) -> bool:
    """An app that asks to read nothing only wants to know that somebody logged in."""
    asks_to_read = bool(pending.sections) or pending.identity
    return not asks_to_read or bool(fields.get("section") or single_value(fields, "identity"))


def _page_with_error(
    request: ApiRequest, refusal: Refusal, template: str, request_id: UUID, **values: Any
) -> Response[str]:
    """The page again, with the text of a refusal."""
    record_refusal(request, refusal, refusal)
    status, error_text = status_of(refusal), text_of(request, refusal)
    response = page(request, template, status=status, error_text=error_text, here=_page_path(request_id), **values)
    return with_headers(response, refusal)


def _error_location(request: ApiRequest, started: AuthorizationBegun) -> str:
    refusal = refusal_from(started.refusal or Problem(code=InvalidRequest.code))
    error = {"error": oauth_error_code(refusal), "error_description": refusal_text(refusal, "en")}
    return client_redirect(request, started.redirect_uri, started.state, **error)


def _page_path(request_id: UUID) -> str:
    return f"{PATH}/{request_id}"


def _patient(sent: str) -> PatientId | None:
    """The patient whose record the app may read; None: the one who is logged in."""
    try:
        return PatientId(UUID(sent)) if sent else None
    except ValueError:
        raise InvalidRequest(field="patient") from None


def _sections(sent: list[str]) -> tuple[Section, ...]:
    try:
        return tuple(sorted({Section(value) for value in sent}))
    except ValueError:
        raise InvalidRequest(field="section") from None


PUBLIC_ROUTES = [
    start,
    start_by_form,
    show,
    log_in,
    show_passkey,
    submit_passkey,
    show_code,
    submit_code,
    submit_decision,
]
