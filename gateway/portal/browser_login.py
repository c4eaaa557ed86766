"""The cookie of a browser that stays logged in: opened at a login, ended at a logout."""

from uuid import UUID

from litestar.datastructures import Cookie

from chassis import tracing
from contracts.identity.api import Identity
from contracts.identity.browser_links import FollowLoginLink
from contracts.identity.browser_sessions import OpenBrowserSession
from contracts.identity.logins import EndSessions
from gateway.browser_sessions import SESSION_COOKIE
from gateway.clients import ApiRequest
from gateway.cookies import cookie_name, host_cookie
from gateway.request_state import request_state_of


async def open_session(request: ApiRequest, access_token: str) -> Cookie:
    """Continue the session of a token in this browser, with a cookie created only now (session fixation).

    Raises:
        TokenInvalid, ClientNotAllowed.
    """
    opened = await request.clients.bus.call(
        Identity.open_browser_session,
        OpenBrowserSession(replaces=_browser_token(request)),
        token=access_token,
        traceparent=tracing.current_traceparent(),
    )
    return _session_cookie(request, opened.browser_token)


async def follow_login_link(request: ApiRequest, code: str) -> Cookie:
    """Continue the session of the agent who asked for this link, with a cookie as `open_session` creates.

    Raises:
        LinkGone.
    """
    message = FollowLoginLink(code=code, replaces=_browser_token(request))
    opened = await request.call(Identity.follow_login_link, message)
    return _session_cookie(request, opened.browser_token)


async def end_session(request: ApiRequest) -> Cookie:
    """End the session, here and everywhere; the cookie, deleted."""
    actor = request_state_of(request.scope).actor
    if actor is not None:
        await request.call(Identity.end_sessions, EndSessions(session_id=UUID(actor.session)))
    request.clients.browsers.forget(_browser_token(request))
    return _session_cookie(request, "", seconds=0)


def _browser_token(request: ApiRequest) -> str:
    return request.cookies.get(cookie_name(request.clients.settings.public_url, SESSION_COOKIE), "")


def _session_cookie(request: ApiRequest, token: str, *, seconds: int | None = None) -> Cookie:
    """`lax`: a link in a message or in business software finds the browser logged in."""
    return host_cookie(request.clients.settings.public_url, SESSION_COOKIE, token, same_site="lax", seconds=seconds)
