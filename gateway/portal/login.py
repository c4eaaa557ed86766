"""Login of professionals by Pro Santé Connect, and logout; the pages are a client of our authorization server."""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from chassis import tracing
from contracts.errors.request import AuthorizationGone
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import PORTAL_CLIENT, PORTAL_RETURN_PATH, OpenBrowserSession
from contracts.identity.logins import EndSessions
from contracts.identity.oauth import AuthorizationParameters, BeginAuthorization, ClientProof, GrantToken, GrantType
from gateway.browser_sessions import SESSION_COOKIE
from gateway.clients import ApiRequest
from gateway.cookies import cookie_name, host_cookie
from gateway.guards import RATE_LIMITED
from gateway.oauth.browsers import secret_of, with_secret
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.pages import render
from gateway.portal.routes import LOGIN_PATH, PROFESSIONAL_FORM, PUBLIC_PAGE, own_path
from gateway.request_state import request_state_of

_START, _DONE, _LOGOUT = f"{LOGIN_PATH}/depart", f"{LOGIN_PATH}/faite", "/pro/deconnexion"
_NEXT, _LOGGED_OUT, _GIVEN_UP = "suite", "fin", "abandon"
_NONCE_BYTES = 16
_MARK = "~"
"""Between the two parts of `state`: random characters, then the path to go on with."""


@get(LOGIN_PATH, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_login(request: ApiRequest) -> Response[bytes]:
    """One button."""
    sent = request.query_params
    return render(
        request,
        "login",
        start=f"{_START}?{request.url.query}" if _NEXT in sent else _START,
        is_logged_out=_LOGGED_OUT in sent,
        is_given_up=_GIVEN_UP in sent,
    )


@get(_START, opt=PUBLIC_PAGE | {RATE_LIMITED: True}, **PAGE_ROUTE)
async def start_login(request: ApiRequest) -> Redirect:
    """Send the browser to Pro Santé Connect; a link leads here, for `form-action` also holds for redirects."""
    browser, cookie = with_secret(request)
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    public_url = request.clients.settings.public_url
    parameters = AuthorizationParameters(
        client_id=PORTAL_CLIENT,
        response_type="code",
        redirect_uri=f"{public_url}{PORTAL_RETURN_PATH}",
        state=f"{nonce}{_MARK}{own_path(request.query_params.get(_NEXT, ''))}",
        code_challenge=_challenge_of(_verifier(browser, nonce)),
        code_challenge_method="S256",
        aud=f"{public_url}/fhir",
    )
    begun = await request.call(
        Identity.begin_authorization, BeginAuthorization(parameters=parameters, browser=browser)
    )
    if begun.request_id is None or not begun.sign_in_at:
        raise AuthorizationGone
    return Redirect(begun.sign_in_at, status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


@get(PORTAL_RETURN_PATH, opt=PUBLIC_PAGE | {RATE_LIMITED: True}, **PAGE_ROUTE)
async def finish_login(request: ApiRequest) -> Redirect:
    """The browser is back with a code: log in, with a cookie created only now (session fixation), and go on."""
    nonce, _, path = request.query_params.get("state", "").partition(_MARK)
    code = request.query_params.get("code", "")
    if not code:
        return Redirect(f"{LOGIN_PATH}?{_GIVEN_UP}=1", status_code=HTTP_303_SEE_OTHER)
    public_url = request.clients.settings.public_url
    message = GrantToken(
        proof=ClientProof(client_id=PORTAL_CLIENT),
        grant_type=GrantType.CODE,
        code=code,
        redirect_uri=f"{public_url}{PORTAL_RETURN_PATH}",
        code_verifier=_verifier(secret_of(request), nonce),
    )
    issued = await request.call(Identity.grant_token, message)
    opened = await request.clients.bus.call(
        Identity.open_browser_session,
        OpenBrowserSession(replaces=_browser_token(request)),
        token=issued.access_token,
        traceparent=tracing.current_traceparent(),
    )
    return Redirect(
        own_path(path), status_code=HTTP_303_SEE_OTHER, cookies=[_session_cookie(request, opened.browser_token)]
    )


@get(_DONE, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_logged_in(request: ApiRequest) -> Response[bytes]:
    """The end of a login in a second window: the first one goes on."""
    return render(request, "logged_in")


@post(_LOGOUT, opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def log_out(request: ApiRequest) -> Redirect:
    """End the session, here and everywhere."""
    actor = request_state_of(request.scope).actor
    if actor is not None:
        await request.call(Identity.end_sessions, EndSessions(session_id=UUID(actor.session)))
    request.clients.browsers.forget(_browser_token(request))
    return Redirect(
        f"{LOGIN_PATH}?{_LOGGED_OUT}=1",
        status_code=HTTP_303_SEE_OTHER,
        cookies=[_session_cookie(request, "", seconds=0)],
    )


def _browser_token(request: ApiRequest) -> str:
    return request.cookies.get(cookie_name(request.clients.settings.public_url, SESSION_COOKIE), "")


def _session_cookie(request: ApiRequest, token: str, *, seconds: int | None = None) -> Cookie:
    """`lax`: a link in a message or in business software finds the browser logged in."""
    return host_cookie(request.clients.settings.public_url, SESSION_COOKIE, token, same_site="lax", seconds=seconds)


def _verifier(browser: str, nonce: str) -> str:
    """The code verifier of a login, known to this browser only, of which nothing is stored."""
    return sha256(f"portal\0{browser}\0{nonce}".encode()).hexdigest()


def _challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


PUBLIC_ROUTES = [show_login, start_login, finish_login, show_logged_in]
ROUTES = [log_out]
