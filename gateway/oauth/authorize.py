"""A patient's way through an app's request, in a browser: logging in, a code, what the app may read, and back."""

from typing import Annotated, Any
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
from contracts.vocabulary import Channel, PatientId, Section
from gateway.clients import Caller
from gateway.devices import device_of
from gateway.errors import note_refusal, oauth_word, status_of
from gateway.guards import WORK
from gateway.oauth.browsers import check_own_form, secret_of, sign_in, sign_out, signed_in, with_secret
from gateway.oauth.forms import ROUTE, SEEN, SENT, back_to, form_of, one, text_of, with_headers
from gateway.oauth.pages import page
from gateway.oauth.represented import people_represented
from gateway.origin import address_of

PATH = "/oauth/authorize"
_APP, _ALLOW, _DENIED = "app", "allow", "access_denied"
_PARAMETERS = tuple(AuthorizationParameters.__struct_fields__)

RequestInPath = Annotated[UUID, PathParameter(description="La demande · The request")]
AttemptOfLogin = Annotated[UUID, PathParameter(description="La connexion en cours · The login under way")]


@get(PATH, opt=SEEN | {WORK: True}, **ROUTE)
async def begin(request: Caller) -> Redirect:
    """An app has sent a browser; it goes on to the page of its request, or back with what is wrong."""
    return await _begin(request, list(request.query_params.multi_items()))


@post(PATH, opt=SENT, **ROUTE)
async def begin_by_form(request: Caller) -> Redirect:
    """The same, with the request in a form."""
    fields = await form_of(request)
    return await _begin(request, [(name, value) for name, values in fields.items() for value in values])


@get(f"{PATH}/{{request_id:uuid}}", opt=SEEN, **ROUTE)
async def show(request: Caller, request_id: RequestInPath) -> Response[str]:
    """Where the patient stands: not logged in yet, or asked for consent."""
    asked = await _asked(request, request_id)
    return await _shown(request, request_id, asked)


@post(f"{PATH}/{{request_id:uuid}}/login", opt=SENT, status_code=HTTP_303_SEE_OTHER, **ROUTE)
async def log_in(request: Caller, request_id: RequestInPath) -> Response[str] | Redirect:
    """Identifier and password; whether or not they are right, a code is asked for next."""
    check_own_form(request)
    asked = await _asked(request, request_id)
    fields = await form_of(request)
    by = one(fields, "by")
    question = StartLogin(
        identifier=one(fields, "identifier"),
        password=one(fields, "password"),
        channel=Channel.EMAIL if by == Channel.EMAIL else Channel.SMS,
        send=by != _APP,
        origin=address_of(request),
    )
    try:
        started = await request.ask(Identity.start_login, question)
    except Refusal as refusal:
        return _again(request, refusal, "sign_in", request_id, asked=asked)
    return Redirect(f"{_here(request_id)}/code/{started.attempt}", status_code=HTTP_303_SEE_OTHER)


@post(f"{PATH}/{{request_id:uuid}}/passkey", opt=SENT, status_code=HTTP_200_OK, **ROUTE)
async def ask_passkey(request: Caller, request_id: RequestInPath) -> Response[str]:
    """The page on which the browser uses a passkey."""
    check_own_form(request)
    await _asked(request, request_id)
    offered = await request.ask(Identity.begin_passkey_login, BeginPasskeyLogin())
    options = msgspec.json.encode(offered.options).decode()
    return page(request, "passkey", here=_here(request_id), attempt=offered.attempt, options=options)


@post(f"{PATH}/{{request_id:uuid}}/passkey/{{attempt:uuid}}", opt=SENT, status_code=HTTP_303_SEE_OTHER, **ROUTE)
async def take_passkey(
    request: Caller, request_id: RequestInPath, attempt: AttemptOfLogin
) -> Response[str] | Redirect:
    """What the passkey has signed: somebody is logged in, as by a code."""
    check_own_form(request)
    asked = await _asked(request, request_id)
    try:
        credential = msgspec.json.decode(one(await form_of(request), "credential"), type=dict[str, Any])
    except msgspec.MsgspecError:
        raise InvalidRequest(field="credential") from None
    device = device_of(request.headers.get("user-agent", ""))
    question = FinishPasskeyLogin(attempt=str(attempt), credential=credential, device=device)
    try:
        token = await request.ask(Identity.finish_passkey_login, question)
    except LoginFailed as refusal:
        return _again(request, refusal, "sign_in", request_id, asked=asked)
    return Redirect(_here(request_id), status_code=HTTP_303_SEE_OTHER, cookies=[sign_in(request, token)])


@get(f"{PATH}/{{request_id:uuid}}/code/{{attempt:uuid}}", opt=SEEN, **ROUTE)
async def show_code(request: Caller, request_id: RequestInPath, attempt: AttemptOfLogin) -> Response[str]:
    """Where the code is typed."""
    await _asked(request, request_id)
    return page(request, "code", here=_here(request_id), attempt=attempt)


@post(f"{PATH}/{{request_id:uuid}}/code/{{attempt:uuid}}", opt=SENT, status_code=HTTP_303_SEE_OTHER, **ROUTE)
async def take_code(request: Caller, request_id: RequestInPath, attempt: AttemptOfLogin) -> Response[str] | Redirect:
    """The code: from here on somebody is logged in, by a cookie made now and never before."""
    check_own_form(request)
    await _asked(request, request_id)
    code = "".join(one(await form_of(request), "code").split())
    device = device_of(request.headers.get("user-agent", ""))
    question = PresentCode(attempt=str(attempt), code=code, device=device, origin=address_of(request))
    try:
        token = await request.ask(Identity.finish_login, question)
    except LoginFailed as refusal:
        return _again(request, refusal, "code", request_id, attempt=attempt)
    return Redirect(_here(request_id), status_code=HTTP_303_SEE_OTHER, cookies=[sign_in(request, token)])


@post(f"{PATH}/{{request_id:uuid}}/decision", opt=SENT, status_code=HTTP_303_SEE_OTHER, **ROUTE)
async def decide(request: Caller, request_id: RequestInPath) -> Response[str] | Redirect:
    """The patient's answer; the browser goes back to the app, and nobody is logged in here any more."""
    check_own_form(request)
    if signed_in(request) is None:
        return await _shown(request, request_id, await _asked(request, request_id))
    fields = await form_of(request)
    question = DecideAuthorization(
        request_id=request_id,
        browser=secret_of(request),
        allowed=one(fields, "answer") == _ALLOW,
        patient_id=_patient(one(fields, "patient")),
        sections=_sections(fields.get("section", [])),
        identity=bool(one(fields, "identity")),
        offline=bool(one(fields, "offline")),
    )
    answered = await request.ask(Identity.decide_authorization, question)
    back = {"code": answered.code} if answered.code else {"error": _DENIED}
    url = back_to(request, answered.redirect_uri, answered.state, **back)
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
    goes_on_to = begun.sign_in_at or _here(begun.request_id)
    return Redirect(goes_on_to, status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


async def _asked(request: Caller, request_id: UUID) -> ConsentAsked:
    question = ShowAuthorization(request_id=request_id, browser=secret_of(request))
    return await request.ask(Identity.show_authorization, question)


async def _shown(request: Caller, request_id: UUID, asked: ConsentAsked) -> Response[str]:
    here = _here(request_id)
    if signed_in(request) is None:
        return page(request, "sign_in", here=here, asked=asked)
    represented = await people_represented(request)
    return page(request, "consent", here=here, asked=asked, represented=represented, goes_on_to=asked.redirect_uri)


def _again(request: Caller, refusal: Refusal, template: str, request_id: UUID, **facts: Any) -> Response[str]:
    """The same page, saying what was wrong."""
    note_refusal(request, refusal, refusal)
    status, trouble = status_of(refusal), text_of(request, refusal)
    shown = page(request, template, status=status, trouble=trouble, here=_here(request_id), **facts)
    return with_headers(shown, refusal)


def _refused_back(request: Caller, begun: AuthorizationBegun) -> str:
    refusal = refusal_from(begun.refusal or Problem(code=InvalidRequest.code))
    said = {"error": oauth_word(refusal), "error_description": refusal.text("en")}
    return back_to(request, begun.redirect_uri, begun.state, **said)


def _here(request_id: UUID) -> str:
    return f"{PATH}/{request_id}"


def _patient(sent: str) -> PatientId | None:
    """For whom; empty: for whoever is logged in."""
    try:
        return PatientId(UUID(sent)) if sent else None
    except ValueError:
        raise InvalidRequest(field="patient") from None


def _sections(sent: list[str]) -> tuple[Section, ...]:
    try:
        return tuple(sorted({Section(one) for one in sent}))
    except ValueError:
        raise InvalidRequest(field="section") from None


PUBLIC_ROUTES = [begin, begin_by_form, show, log_in, ask_passkey, take_passkey, show_code, take_code, decide]
