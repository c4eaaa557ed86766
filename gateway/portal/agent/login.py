"""Login of agents by a link of their organisation's tool, and logout."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from gateway.clients import ApiRequest
from gateway.portal.browser_login import end_session, follow_login_link
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.pages import render
from gateway.portal.routes import AGENT_FORM, AGENT_SITE, LOGIN_LINK, PUBLIC_FORM, PUBLIC_PAGE, login_path

_LOGIN = login_path(AGENT_SITE)
_LINK = f"{LOGIN_LINK}/{{code:str}}"
_LOGGED_OUT = "fin"

CodeOfLink = Annotated[str, PathParameter(description="Le code d'un lien · The code of a link")]


@get(_LOGIN, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_login(request: ApiRequest) -> Response[bytes]:
    """Where agents log in: in their organisation's tool."""
    return render(request, "agent/login", is_logged_out=_LOGGED_OUT in request.query_params)


@get(_LINK, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_link(request: ApiRequest, code: CodeOfLink) -> Response[bytes]:
    """One button: nothing is spent before somebody presses it."""
    return render(request, "agent/link", link=f"{LOGIN_LINK}/{code}")


@post(_LINK, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def log_in(request: ApiRequest, code: CodeOfLink) -> Redirect:
    """Log in with the code, with a cookie created only now (session fixation)."""
    cookie = await follow_login_link(request, code)
    return Redirect(AGENT_SITE, status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


@post(f"{AGENT_SITE}/deconnexion", opt=AGENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def log_out(request: ApiRequest) -> Redirect:
    """End the session, here and in the tool that began it."""
    cookie = await end_session(request)
    return Redirect(f"{_LOGIN}?{_LOGGED_OUT}=1", status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


PUBLIC_ROUTES = [show_login, show_link, log_in]
ROUTES = [log_out]
