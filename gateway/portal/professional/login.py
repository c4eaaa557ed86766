"""Login of professionals by Pro Santé Connect, and logout; the pages are a client of our authorization server."""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.request import AuthorizationGone
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import PORTAL_CLIENT, PORTAL_RETURN_PATH
from contracts.identity.oauth import AuthorizationParameters, BeginAuthorization, ClientProof, GrantToken, GrantType
from gateway.clients import ApiRequest
from gateway.guards import RATE_LIMITED
from gateway.oauth.browsers import secret_of, with_secret
from gateway.portal.browser_login import end_session, open_session
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.pages import render
from gateway.portal.routes import PROFESSIONAL_FORM, PROFESSIONAL_SITE, PUBLIC_PAGE, login_path, own_path

_LOGIN = login_path(PROFESSIONAL_SITE)
_START, _DONE, _LOGOUT = f"{_LOGIN}/depart", f"{_LOGIN}/faite", "/pro/deconnexion"
_NEXT, _LOGGED_OUT, _GIVEN_UP = "suite", "fin", "abandon"
_NONCE_BYTES = 16
_MARK = "~"
"""Between the two parts of `state`: random characters, then the path to go on with."""


@get(_LOGIN, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_login(request: ApiRequest) -> Response[bytes]:
    """One button."""
    sent = request.query_params
    return render(
        request,
        "professional/login",
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
        return Redirect(f"{_LOGIN}?{_GIVEN_UP}=1", status_code=HTTP_303_SEE_OTHER)
    public_url = request.clients.settings.public_url
    message = GrantToken(
        proof=ClientProof(client_id=PORTAL_CLIENT),
        grant_type=GrantType.CODE,
        code=code,
        redirect_uri=f"{public_url}{PORTAL_RETURN_PATH}",
        code_verifier=_verifier(secret_of(request), nonce),
    )
    issued = await request.call(Identity.grant_token, message)
    cookie = await open_session(request, issued.access_token)
    return Redirect(own_path(path), status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


@get(_DONE, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_logged_in(request: ApiRequest) -> Response[bytes]:
    """The end of a login in a second window: the first one goes on."""
    return render(request, "professional/logged_in")


@post(_LOGOUT, opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def log_out(request: ApiRequest) -> Redirect:
    """End the session, here and everywhere."""
    cookie = await end_session(request)
    return Redirect(f"{_LOGIN}?{_LOGGED_OUT}=1", status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


def _verifier(browser: str, nonce: str) -> str:
    """The code verifier of a login, known to this browser only, of which nothing is stored."""
    return sha256(f"portal\0{browser}\0{nonce}".encode()).hexdigest()


def _challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


PUBLIC_ROUTES = [show_login, start_login, finish_login, show_logged_in]
ROUTES = [log_out]
