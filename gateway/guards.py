"""Who asks, and may this role ask here: checked before a handler runs, by what its route declares."""

from time import time
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from contracts.errors import RoleForbidden, TokenMissing
from contracts.vocabulary import Role
from gateway.clients import clients_of
from gateway.origin import address_of
from gateway.request_state import request_state_of

ROLES = "roles"
"""Key of a route's `opt` under which it declares who may ask."""

PUBLIC = "public"
"""Declared by routes that ask for no token: the message itself is the proof, or there is nothing to protect."""

WORK = "work"
"""Key of a public route's `opt`: looking at it makes work, as sending something does."""

_SAFE = frozenset({"GET", "HEAD"})
_ANYBODYS, _BOUND = "bearer", "dpop"
_PREFLIGHT = "OPTIONS"


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let in those whose token and role the route asks for; a route that declares nothing lets nobody in.

    Raises:
        TokenMissing, TokenInvalid, PossessionUnproven, RoleForbidden, QuotaExceeded, TooManyRequests.
    """
    roles: frozenset[Role] | str = handler.opt.get(ROLES, frozenset())
    method = connection.scope.get("method")
    if method == _PREFLIGHT:
        return
    if roles == PUBLIC:
        if method not in _SAFE or handler.opt.get(WORK, False):
            clients_of(connection.app).quotas.check_stranger(address_of(connection))
        return
    token, is_bound = token_in(connection.headers.get("authorization", ""))
    clients = clients_of(connection.app)
    actor = clients.keyring.actor(token, now=time())
    state = request_state_of(connection.scope)
    state.actor, state.token = actor, token
    clients.proofs.check(connection, token, actor, bound=is_bound)
    if actor.role not in roles:
        raise RoleForbidden
    clients.quotas.check(actor)


def token_in(authorization: str) -> tuple[str, bool]:
    """The token in an Authorization header, and whether it is shown as bound to a key (RFC 9449).

    Raises:
        TokenMissing: no such header, or another scheme.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in {_ANYBODYS, _BOUND} or not token.strip():
        raise TokenMissing
    return token.strip(), scheme.lower() == _BOUND
