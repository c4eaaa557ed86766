"""What a browser brings along while a patient logs in and consents: its own secret, and who is logged in."""

import secrets
from time import time
from typing import Any, Literal

from litestar.datastructures import Cookie

from contracts.envelope import Actor
from contracts.errors import AuthorizationGone, TokenInvalid
from contracts.identity import Token
from contracts.vocabulary import Role
from gateway.clients import Caller
from gateway.request_state import request_state_of

_SECRET, _PERSON = "carnet-browser", "carnet-person"
_STRICT: Literal["strict"] = "strict"
_SHORTEST = 32


def secret_of(request: Caller) -> str:
    """The secret this browser was given; raises AuthorizationGone where it keeps none."""
    found = request.cookies.get(_name(request, _SECRET), "")
    if len(found) < _SHORTEST:
        raise AuthorizationGone
    return found


def with_secret(request: Caller) -> tuple[str, Cookie]:
    """The secret of a browser that begins a request, and the cookie it is kept in.

    A browser that keeps one already goes on with it, so that requests in two windows do not end each other. `lax`:
    browsers come here from an app's site, and are sent on to the page from there.
    """
    found = request.cookies.get(_name(request, _SECRET), "")
    secret = found if len(found) >= _SHORTEST else secrets.token_urlsafe(32)
    return secret, _cookie(request, _SECRET, secret, same_site="lax")


def sign_in(request: Caller, token: Token) -> Cookie:
    """The cookie of who has just logged in; it lives as long as their token."""
    return _cookie(request, _PERSON, token.access_token, same_site=_STRICT, seconds=token.expires_in)


def sign_out(request: Caller) -> Cookie:
    """The same cookie, gone."""
    return _cookie(request, _PERSON, "", same_site=_STRICT, seconds=0)


def signed_in(request: Caller) -> Actor | None:
    """The patient who is logged in here; what is asked from now on is asked in their name."""
    token = request.cookies.get(_name(request, _PERSON), "")
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


def check_own_form(request: Caller) -> None:
    """A form is taken from our own pages only, whatever cookies came with it.

    Raises:
        AuthorizationGone: from another site, or from nobody says where.
    """
    if request.headers.get("origin", "") != request.clients.settings.public_url:
        raise AuthorizationGone


def _is_secure(request: Caller) -> bool:
    return request.clients.settings.public_url.startswith("https:")


def _name(request: Caller, name: str) -> str:
    """`__Host-`: set by this very host over TLS, for all of it and no other."""
    return f"__Host-{name}" if _is_secure(request) else name


def _cookie(request: Caller, name: str, value: str, *, same_site: Any, seconds: int | None = None) -> Cookie:
    return Cookie(
        key=_name(request, name),
        value=value,
        path="/",
        httponly=True,
        secure=_is_secure(request),
        samesite=same_site,
        max_age=seconds,
    )
