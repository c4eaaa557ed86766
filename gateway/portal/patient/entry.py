"""The end of each login of a patient: the cookie is set, then looked for, then the browser goes on."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.identity.people import Token
from gateway.browser_sessions import SESSION_COOKIE
from gateway.clients import ApiRequest
from gateway.cookies import cookie_name
from gateway.known_devices import make_known
from gateway.portal.browser_login import open_session
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.pages import render
from gateway.portal.routes import PATIENT_SITE, PUBLIC_PAGE, login_path, own_path

LOGIN = login_path(PATIENT_SITE)
NEXT = "suite"
_GO_ON, _DONE = f"{LOGIN}/suite", f"{LOGIN}/faite"


async def enter(request: ApiRequest, token: Token, following: str) -> Redirect:
    """Log this browser in, and make it a known device where that was asked."""
    cookies = [await open_session(request, token.access_token), *make_known(request, token)]
    return Redirect(with_next(_GO_ON, following), status_code=HTTP_303_SEE_OTHER, cookies=cookies)


def with_next(path: str, following: str, **more: str) -> str:
    """A path with the page to go on with."""
    return f"{path}?{urlencode(more | {NEXT: following})}"


def next_of(request: ApiRequest) -> str:
    """The page to go on with, as the address says it."""
    return own_path(request.query_params.get(NEXT, ""), PATIENT_SITE)


@get(_GO_ON, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def go_on(request: ApiRequest) -> Response[Any]:
    """Go on, once the browser has kept the cookie; without it, each page would lead back to the login."""
    name = cookie_name(request.clients.settings.public_url, SESSION_COOKIE)
    if not request.cookies.get(name):
        return render(request, "patient/no_cookies", next=next_of(request))
    return Redirect(next_of(request), status_code=HTTP_303_SEE_OTHER)


@get(_DONE, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_logged_in(request: ApiRequest) -> Response[bytes]:
    """The end of a login in a second window: the first one goes on."""
    return render(request, "patient/logged_in")


PUBLIC_ROUTES = [go_on, show_logged_in]
