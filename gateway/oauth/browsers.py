"""Cookies of the authorization pages: a browser secret that binds requests, and the logged-in patient's token."""

import secrets
from time import time

from litestar.datastructures import Cookie

from contracts.envelope import Actor
from contracts.errors.request import AuthorizationGone, TokenInvalid
from contracts.identity.people import Token
from contracts.vocabulary import Role
from gateway.clients import ApiRequest
from gateway.cookies import SameSite, cookie_name, host_cookie, is_own_form
from gateway.request_state import request_state_of

_SECRET, _SESSION = "carnet-browser", "carnet-person"
_STRICT: SameSite = "strict"
_MIN_SECRET_LENGTH = 32


def secret_of(request: ApiRequest) -> str:
    """The browser's secret; raises AuthorizationGone without one."""
    secret = request.cookies.get(_name(request, _SECRET), "")
    if len(secret) < _MIN_SECRET_LENGTH:
        raise AuthorizationGone
    return secret


def with_secret(request: ApiRequest) -> tuple[str, Cookie]:
    """The secret for a new authorization request, and its cookie.

    An existing secret is kept, so that requests in two windows do not invalidate each other. The cookie is `lax`
    because browsers arrive by a redirect from an app's site.
    """
    existing = request.cookies.get(_name(request, _SECRET), "")
    secret = existing if len(existing) >= _MIN_SECRET_LENGTH else secrets.token_urlsafe(32)
    return secret, _cookie(request, _SECRET, secret, same_site="lax")


def sign_in(request: ApiRequest, token: Token) -> Cookie:
    """The session cookie after a login, with the lifetime of the token."""
    return _cookie(request, _SESSION, token.access_token, same_site=_STRICT, seconds=token.expires_in)


def sign_out(request: ApiRequest) -> Cookie:
    """The session cookie, deleted."""
    return _cookie(request, _SESSION, "", same_site=_STRICT, seconds=0)


def signed_in(request: ApiRequest) -> Actor | None:
    """The patient who is logged in, if any; later calls of this request use their token."""
    token = request.cookies.get(_name(request, _SESSION), "")
    if not token:
        return None
    try:
        actor = request.clients.keyring.actor(token, now=time())
    except TokenInvalid:
        return None
    if actor.role is not Role.PATIENT:
        return None
    state = request_state_of(request.scope)
    state.actor, state.token = actor, token
    return actor


def check_own_form(request: ApiRequest) -> None:
    """Accept forms only from the gateway's own pages (CSRF).

    Raises:
        AuthorizationGone: Origin is another site, or missing.
    """
    if not is_own_form(request, request.clients.settings.public_url):
        raise AuthorizationGone


def _name(request: ApiRequest, name: str) -> str:
    return cookie_name(request.clients.settings.public_url, name)


def _cookie(request: ApiRequest, name: str, value: str, *, same_site: SameSite, seconds: int | None = None) -> Cookie:
    return host_cookie(request.clients.settings.public_url, name, value, same_site=same_site, seconds=seconds)
