"""A patient's way through an app's request, in a browser: logging in, a code, what the app may read, and back."""

from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from contracts.envelope import Problem
from contracts.errors import InvalidRequest, LoginFailed, Refusal, refusal_from
from contracts.identity import (
    AuthorizationBegun,
    AuthorizationParameters,
    BeginAuthorization,
    BeginPasskeyLogin,
    ConsentAsked,
    DecideAuthorization,
    FinishPasskeyLogin,
    Identity,
    PresentCode,
    ShowAuthorization,
    StartLogin,
)
from contracts.vocabulary import Channel, Section
from gateway.clients import Caller
from gateway.devices import device_of
from gateway.errors import as_refusal, headers_of, note_refusal, oauth_word, preferred_language, status_of
from gateway.guards import PUBLIC, ROLES
from gateway.oauth.browsers import check_own_form, secret_of, sign_in, sign_out, signed_in, with_secret
from gateway.oauth.pages import page
from gateway.origin import address_of

FORM = "application/x-www-form-urlencoded"
PATH = "/oauth/authorize"
_APP, _ALLOW, _DENIED = "app", "allow", "access_denied"
_MOST_FIELDS = 40
_PARAMETERS = tuple(AuthorizationParameters.__struct_fields__)

RequestInPath = Annotated[UUID, PathParameter(description="La demande · The request")]
AttemptOfLogin = Annotated[UUID, PathParameter(description="La connexion en cours · The login under way")]


def refuse_page(request: Caller, error: Exception) -> Response[str]:
    """A refusal as a page."""
    refusal = as_refusal(error)
    note_refusal(request, error, refusal)
    return _with_headers(
        page(request, "trouble", status=status_of(refusal), trouble=_text(request, refusal)), refusal
    )


_SEEN: dict[str, Any] = {ROLES: PUBLIC}
_SENT: dict[str, Any] = {ROLES: PUBLIC, "takes": FORM}
_ROUTE: dict[str, Any] = {"include_in_schema": False, "exception_handlers": {Exception: refuse_page}}


@get(PATH, opt=_SEEN, **_ROUTE)
async def begin(request: Caller) -> Redirect:
    """An app has sent a browser; it goes on to the page of its request, or back with what is wrong."""
    return await _begin(request, list(request.query_params.multi_items()))


@post(PATH, opt=_SENT, **_ROUTE)
async def begin_by_form(request: Caller) -> Redirect:
    """The same, with the request in a form."""
    fields = await _form(request)
    return await _begin(request, [(name, value) for name, values in fields.items() for value in values])


@get(f"{PATH}/{{request_id:uuid}}", opt=_SEEN, **_ROUTE)
async def show(request: Caller, request_id: RequestInPath) -> Response[str]:
    """Where the patient stands: not logged in yet, or asked for consent."""
    asked = await _asked(request, request_id)
    return _shown(request, request_id, asked)


@post(f"{PATH}/{{request_id:uuid}}/login", opt=_SENT, status_code=HTTP_303_SEE_OTHER, **_ROUTE)
async def log_in(request: Caller, request_id: RequestInPath) -> Response[str] | Redirect:
    """Identifier and password; whether or not they are right, a code is asked for next."""
    check_own_form(request)
    asked = await _asked(request, request_id)
    fields = await _form(request)
    by = _one(fields, "by")
    question = StartLogin(
        identifier=_one(fields, "identifier"),
        password=_one(fields, "password"),
        channel=Channel.EMAIL if by == Channel.EMAIL else Channel.SMS,
        send=by != _APP,
        origin=address_of(request),
    )
    try:
        started = await request.ask(Identity.start_login, question)
    except Refusal as refusal:
        return _again(request, refusal, "sign_in", request_id, asked=asked)
    return Redirect(f"{_here(request_id)}/code/{started.attempt}", status_code=HTTP_303_SEE_OTHER)


@post(f"{PATH}/{{request_id:uuid}}/passkey", opt=_SENT, status_code=HTTP_200_OK, **_ROUTE)
async def ask_passkey(request: Caller, request_id: RequestInPath) -> Response[str]:
    """The page on which the browser uses a passkey."""
    check_own_form(request)
    await _asked(request, request_id)
    offered = await request.ask(Identity.begin_passkey_login, BeginPasskeyLogin())
    options = msgspec.json.encode(offered.options).decode()
    return page(request, "passkey", here=_here(request_id), attempt=offered.attempt, options=options)


@post(f"{PATH}/{{request_id:uuid}}/passkey/{{attempt:uuid}}", opt=_SENT, status_code=HTTP_303_SEE_OTHER, **_ROUTE)
async def take_passkey(
    request: Caller, request_id: RequestInPath, attempt: AttemptOfLogin
) -> Response[str] | Redirect:
    """What the passkey has signed: somebody is logged in, as by a code."""
    check_own_form(request)
    asked = await _asked(request, request_id)
    try:
        credential = msgspec.json.decode(_one(await _form(request), "credential"), type=dict[str, Any])
    except msgspec.MsgspecError:
        raise InvalidRequest(field="credential") from None
    device = device_of(request.headers.get("user-agent", ""))
    question = FinishPasskeyLogin(attempt=str(attempt), credential=credential, device=device)
    try:
        token = await request.ask(Identity.finish_passkey_login, question)
    except LoginFailed as refusal:
        return _again(request, refusal, "sign_in", request_id, asked=asked)
    return Redirect(_here(request_id), status_code=HTTP_303_SEE_OTHER, cookies=[sign_in(request, token)])


@get(f"{PATH}/{{request_id:uuid}}/code/{{attempt:uuid}}", opt=_SEEN, **_ROUTE)
async def show_code(request: Caller, request_id: RequestInPath, attempt: AttemptOfLogin) -> Response[str]:
    """Where the code is typed."""
    await _asked(request, request_id)
    return page(request, "code", here=_here(request_id), attempt=attempt)


@post(f"{PATH}/{{request_id:uuid}}/code/{{attempt:uuid}}", opt=_SENT, status_code=HTTP_303_SEE_OTHER, **_ROUTE)
async def take_code(request: Caller, request_id: RequestInPath, attempt: AttemptOfLogin) -> Response[str] | Redirect:
    """The code: from here on somebody is logged in, by a cookie made now and never before."""
    check_own_form(request)
    await _asked(request, request_id)
    code = "".join(_one(await _form(request), "code").split())
    device = device_of(request.headers.get("user-agent", ""))
    question = PresentCode(attempt=str(attempt), code=code, device=device, origin=address_of(request))
    try:
        token = await request.ask(Identity.finish_login, question)
    except LoginFailed as refusal:
        return _again(request, refusal, "code", request_id, attempt=attempt)
    return Redirect(_here(request_id), status_code=HTTP_303_SEE_OTHER, cookies=[sign_in(request, token)])


@post(f"{PATH}/{{request_id:uuid}}/decision", opt=_SENT, status_code=HTTP_303_SEE_OTHER, **_ROUTE)
async def decide(request: Caller, request_id: RequestInPath) -> Response[str] | Redirect:
    """The patient's answer; the browser goes back to the app, and nobody is logged in here any more."""
    check_own_form(request)
    if signed_in(request) is None:
        return _shown(request, request_id, await _asked(request, request_id))
    fields = await _form(request)
    question = DecideAuthorization(
        request_id=request_id,
        browser=secret_of(request),
        allowed=_one(fields, "answer") == _ALLOW,
        sections=_sections(fields.get("section", [])),
        identity=bool(_one(fields, "identity")),
        offline=bool(_one(fields, "offline")),
    )
    answered = await request.ask(Identity.decide_authorization, question)
    back = {"code": answered.code} if answered.code else {"error": _DENIED}
    url = _back_to(request, answered.redirect_uri, answered.state, **back)
    return Redirect(url, status_code=HTTP_303_SEE_OTHER, cookies=[sign_out(request)])


async def _begin(request: Caller, sent: list[tuple[str, str]]) -> Redirect:
    names = [name for name, _ in sent]
    # Two of one name could be read as one thing here and as another by who checked them before.
    doubled = next((name for name in _PARAMETERS if names.count(name) > 1), None)
    if doubled:
        raise InvalidRequest(field=doubled)
    parameters = AuthorizationParameters(**{name: value for name, value in sent if name in _PARAMETERS})
    browser, cookie = with_secret(request)
    begun = await request.ask(
        Identity.begin_authorization, BeginAuthorization(parameters=parameters, browser=browser)
    )
    if begun.request_id is None:
        return Redirect(_refused_back(request, begun), status_code=HTTP_303_SEE_OTHER)
    return Redirect(_here(begun.request_id), status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


async def _asked(request: Caller, request_id: UUID) -> ConsentAsked:
    question = ShowAuthorization(request_id=request_id, browser=secret_of(request))
    return await request.ask(Identity.show_authorization, question)


def _shown(request: Caller, request_id: UUID, asked: ConsentAsked) -> Response[str]:
    here = _here(request_id)
    if signed_in(request) is None:
        return page(request, "sign_in", here=here, asked=asked)
    return page(request, "consent", here=here, asked=asked, goes_on_to=asked.redirect_uri)


def _again(request: Caller, refusal: Refusal, template: str, request_id: UUID, **facts: Any) -> Response[str]:
    """The same page, saying what was wrong."""
    note_refusal(request, refusal, refusal)
    status, trouble = status_of(refusal), _text(request, refusal)
    shown = page(request, template, status=status, trouble=trouble, here=_here(request_id), **facts)
    return _with_headers(shown, refusal)


def _text(request: Caller, refusal: Refusal) -> str:
    return refusal.text(preferred_language(request.headers.get("accept-language", "")))


def _with_headers(shown: Response[str], refusal: Refusal) -> Response[str]:
    kept = {"retry-after"}
    for name, value in headers_of(refusal, "").items():
        if name in kept:
            shown.headers[name] = value
    return shown


def _refused_back(request: Caller, begun: AuthorizationBegun) -> str:
    refusal = refusal_from(begun.refusal or Problem(code=InvalidRequest.code))
    said = {"error": oauth_word(refusal), "error_description": refusal.text("en")}
    return _back_to(request, begun.redirect_uri, begun.state, **said)


def _back_to(request: Caller, redirect_uri: str, state: str, **answer: str) -> str:
    """The app's address with its answer; `iss` keeps it from being taken for another server's (RFC 9207)."""
    said = answer | ({"state": state} if state else {}) | {"iss": request.clients.settings.public_url}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(said)}"


def _here(request_id: UUID) -> str:
    return f"{PATH}/{request_id}"


async def _form(request: Caller) -> dict[str, list[str]]:
    try:
        body = (await request.body()).decode()
        return parse_qs(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InvalidRequest(field="body") from None


def _one(fields: dict[str, list[str]], name: str) -> str:
    values = fields.get(name, [""])
    if len(values) != 1:
        raise InvalidRequest(field=name)
    return values[0]


def _sections(sent: list[str]) -> tuple[Section, ...]:
    try:
        return tuple(sorted({Section(one) for one in sent}))
    except ValueError:
        raise InvalidRequest(field="section") from None


PUBLIC_ROUTES = [begin, begin_by_form, show, log_in, ask_passkey, take_passkey, show_code, take_code, decide]
