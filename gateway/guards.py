"""Authentication and role check, before a handler runs, by what its route declares in `opt`."""

from time import time
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from chassis import tracing
from contracts.errors.request import RoleForbidden, TokenMissing
from contracts.identity.api import Identity
from contracts.identity.oauth import SpendProof
from contracts.vocabulary import Role
from gateway.clients import clients_of
from gateway.peer import client_address
from gateway.possession import proof_sent
from gateway.request_state import request_state_of

ROLES = "roles"
"""Key of a route's `opt`: the roles that may call it, or PUBLIC."""

PUBLIC = "public"
"""Value for routes without a token: the body itself is the proof, or there is nothing to protect."""

RATE_LIMITED = "rate_limited"
"""Key of a public route's `opt`: its GET requests count against the quota, as other methods always do."""

_SAFE = frozenset({"GET", "HEAD"})
_BEARER, _DPOP = "bearer", "dpop"
_PREFLIGHT = "OPTIONS"


async def authenticate(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Check token, proof of possession, role and quotas; a route without declared roles refuses everybody.

    Raises:
        TokenMissing, TokenInvalid, PossessionUnproven, RoleForbidden, QuotaExceeded, TooManyRequests; of a
            bound token also ServiceUnavailable, DeadlineExceeded.
    """
    roles: frozenset[Role] | str = handler.opt.get(ROLES, frozenset())
    method = connection.scope.get("method")
    if method == _PREFLIGHT:
        return
    if roles == PUBLIC:
        if method not in _SAFE or handler.opt.get(RATE_LIMITED, False):
            clients_of(connection.app).quotas.check_anonymous(client_address(connection))
        return
    token, is_bound = token_in(connection.headers.get("authorization", ""))
    clients = clients_of(connection.app)
    actor = clients.keyring.actor(token, now=time())
    state = request_state_of(connection.scope)
    state.actor, state.token = actor, token
    proof = proof_sent(connection, token, actor, bound=is_bound, public_url=clients.settings.public_url)
    if actor.role not in roles:
        raise RoleForbidden
    clients.quotas.check(actor)
    if proof:
        # Identity knows the proofs that were used at any gateway.
        message, trace = SpendProof(jti=proof), tracing.current_traceparent()
        await clients.bus.call(Identity.spend_proof, message, token=token, traceparent=trace)


def token_in(authorization: str) -> tuple[str, bool]:
    """The token in an Authorization header, and whether its scheme is DPoP (RFC 9449).

    Raises:
        TokenMissing: no header, or another scheme.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in {_BEARER, _DPOP} or not token.strip():
        raise TokenMissing
    return token.strip(), scheme.lower() == _DPOP
