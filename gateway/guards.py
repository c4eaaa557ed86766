"""Authentication and role check, before a handler runs, by what its route declares in `opt`."""

from time import time
from typing import Any, cast

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from chassis import tracing
from contracts.envelope import Actor
from contracts.errors.request import FormForeign, InvalidRequest, RoleForbidden, TokenInvalid, TokenMissing
from contracts.identity.api import Identity
from contracts.identity.oauth import SpendProof
from contracts.vocabulary import Role
from gateway.browser_sessions import SESSION_COOKIE
from gateway.clients import ApiRequest, clients_of
from gateway.cookies import cookie_name, is_own_form
from gateway.forms import MULTIPART, form_of
from gateway.peer import client_address
from gateway.possession import proof_sent
from gateway.request_state import request_state_of

ROLES = "roles"
"""Key of a route's `opt`: the roles that may call it, or PUBLIC."""

PUBLIC = "public"
"""Value for routes without a token: the body itself is the proof, or there is nothing to protect."""

RATE_LIMITED = "rate_limited"
"""Key of a public route's `opt`: its GET requests count against the quota, as other methods always do."""

PAGE = "page"
"""Key of a page's `opt`: a cookie says who calls it, and only our own pages may send it what changes something."""

LIVE = "live"
"""Key of the `opt` of a stream that keeps a page up to date: nobody uses the browser by it."""

_SAFE = frozenset({"GET", "HEAD"})
_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers by which browsers say that nobody has asked for a page yet: they fetch it ahead, or as a preview."""
_AHEAD = ("prefetch", "preview")
_BEARER, _DPOP = "bearer", "dpop"
_PREFLIGHT = "OPTIONS"


async def authenticate(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Check token, proof of possession, role and quotas; a route without declared roles refuses everybody.

    Raises:
        TokenMissing, TokenInvalid, PossessionUnproven, RoleForbidden, QuotaExceeded, TooManyRequests; of a
            bound token also ServiceUnavailable, DeadlineExceeded; of a page FormForeign, InvalidRequest, and as
            `BrowserSessions.access`.
    """
    roles: frozenset[Role] | str = handler.opt.get(ROLES, frozenset())
    method = connection.scope.get("method")
    if method == _PREFLIGHT:
        return
    if handler.opt.get(PAGE, False) and method not in _SAFE:
        _check_own_form(connection)
    if roles == PUBLIC:
        if method not in _SAFE or handler.opt.get(RATE_LIMITED, False):
            clients_of(connection.app).quotas.check_anonymous(client_address(connection))
        return
    clients = clients_of(connection.app)
    if handler.opt.get(PAGE, False):
        _check_asked_for(connection)
        uses = not handler.opt.get(LIVE, False)
        actor, proof = await _actor_of_page(cast(ApiRequest, connection), uses=uses), ""
    else:
        actor, proof = _actor_of_token(connection)
    if actor.role not in roles:
        raise RoleForbidden
    clients.quotas.check(actor)
    if proof:
        # Identity knows the proofs that were used at any gateway.
        message, token = SpendProof(jti=proof), request_state_of(connection.scope).token
        trace = tracing.current_traceparent()
        await clients.bus.call(Identity.spend_proof, message, token=token, traceparent=trace)


def _actor_of_token(connection: ASGIConnection[Any, Any, Any, Any]) -> tuple[Actor, str]:
    """Whom the Authorization header speaks for, and the id of its proof of possession; empty without one."""
    clients = clients_of(connection.app)
    token, is_bound = token_in(connection.headers.get("authorization", ""))
    actor = clients.keyring.actor(token, now=time())
    state = request_state_of(connection.scope)
    state.actor, state.token = actor, token
    return actor, proof_sent(connection, token, actor, bound=is_bound, public_url=clients.settings.public_url)


async def _actor_of_page(request: ApiRequest, *, uses: bool) -> Actor:
    """As `_actor_of_browser`; where somebody is logged out in the middle of a form, its fields are kept.

    A form with a file is not read: it may be large, and a browser sends a file only when its user chooses it.
    """
    try:
        return await _actor_of_browser(request, uses=uses)
    except (TokenMissing, TokenInvalid):
        if request.method not in _SAFE and request.route_handler.opt.get("takes") != MULTIPART:
            await form_of(request)
        raise


async def _actor_of_browser(connection: ASGIConnection[Any, Any, Any, Any], *, uses: bool) -> Actor:
    """Who is logged in in this browser; the request asks services with their access token.

    Raises:
        TokenMissing: no cookie. TokenInvalid: the session has ended; and as `BrowserSessions.access`.
    """
    clients = clients_of(connection.app)
    browser_token = connection.cookies.get(cookie_name(clients.settings.public_url, SESSION_COOKIE), "")
    is_form = connection.scope.get("method") not in _SAFE
    if (browser_token or is_form) and not clients.browsers.knows(browser_token):
        # Whoever invents cookies makes identity look for each; a form is read, to be kept.
        clients.quotas.check_anonymous(client_address(connection))
    if not browser_token:
        raise TokenMissing
    access = await clients.browsers.access(browser_token, uses=uses)
    try:
        actor = clients.keyring.actor(access.access_token, now=time())
    except TokenInvalid:
        clients.browsers.forget(browser_token)
        raise
    state = request_state_of(connection.scope)
    state.actor, state.token, state.browser = actor, access.access_token, access
    return actor


def _check_own_form(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    if not is_own_form(connection, clients_of(connection.app).settings.public_url):
        raise FormForeign


def _check_asked_for(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """A page may be a reading, which is somebody's act; raises InvalidRequest."""
    for name in _PURPOSES:
        if any(word in connection.headers.get(name, "").lower() for word in _AHEAD):
            raise InvalidRequest(field=name)


def token_in(authorization: str) -> tuple[str, bool]:
    """The token in an Authorization header, and whether its scheme is DPoP (RFC 9449).

    Raises:
        TokenMissing: no header, or another scheme.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in {_BEARER, _DPOP} or not token.strip():
        raise TokenMissing
    return token.strip(), scheme.lower() == _DPOP
