"""The sessions of the professional who is logged in: which there are, and to end them."""

from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.request import InvalidRequest
from contracts.identity.api import Identity
from contracts.identity.logins import EndSessions, ListSessions, LoginMethod
from gateway.clients import ApiRequest
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.routes import PROFESSIONAL_FORM, PROFESSIONAL_PAGE, PROFESSIONAL_SITE
from translations.catalogue import catalogue

_PATH = f"{PROFESSIONAL_SITE}/sessions"
_ENDED = "fin"
_TEXTS = catalogue("portal")
_MEANS = _TEXTS.of_codes("sessions.means.{}", (LoginMethod.CPS, LoginMethod.PRO_SANTE_CONNECT))


@get(_PATH, opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_sessions(request: ApiRequest) -> Response[bytes]:
    """Those that last, the newest first."""
    found = await request.call(Identity.list_sessions, ListSessions())
    language = language_of(request)
    return render(
        request,
        "professional/sessions",
        sessions=[(each, _MEANS.text(each.means, language)) for each in found.sessions],
        current=found.current,
        has_ended=_ENDED in request.query_params,
    )


@post(_PATH, opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def end_sessions(request: ApiRequest) -> Redirect:
    """End one, or without its id all but this one."""
    sent = single_value(await form_of(request), "session")
    try:
        which = UUID(sent) if sent else None
    except ValueError:
        raise InvalidRequest(field="session") from None
    await request.call(Identity.end_sessions, EndSessions(session_id=which))
    return Redirect(f"{_PATH}?{_ENDED}=1", status_code=HTTP_303_SEE_OTHER)


ROUTES = [show_sessions, end_sessions]
