"""How a client of the authorization server proves who it is: by its kind, with a signed assertion or without."""

from contracts.errors.request import ClientUnknown
from contracts.identity.apps import Client, ClientKind
from contracts.identity.browser_sessions import PORTAL_CLIENT
from contracts.identity.oauth import ClientProof
from services.identity import client_assertions
from services.identity.context import IdentityContext
from services.identity.repositories.clients import ClientRepository

_ENDPOINTS = ("token", "par", "introspect", "revoke")
_KEY_OPTIONAL = frozenset({ClientKind.PUBLIC, ClientKind.SOFTWARE})
"""Installed software keeps no secret; Pro Santé Connect confirms the professional who works with it."""


def known_client(ctx: IdentityContext, repositories: ClientRepository, client_id: str) -> Client | None:
    """A client by its id: registered by the operator, or the platform's own pages."""
    return ctx.tools.portal if client_id == PORTAL_CLIENT else repositories.client(client_id)


def authenticate_client(ctx: IdentityContext, proof: ClientProof) -> Client | None:
    """The calling client, authenticated as its kind requires; None where the request names none.

    Raises:
        ClientUnknown: it is none, is suspended, or has not proven who it is.
    """
    client_id = proof.client_id
    if proof.client_assertion:
        claimed = client_assertions.unproven_client(proof.client_assertion)
        if client_id and client_id != claimed:
            raise ClientUnknown
        client_id = claimed
    if not client_id:
        return None
    client = known_client(ctx, ctx.database.repositories, client_id)
    if client is None or client.suspended_at is not None:
        raise ClientUnknown
    if client.keys or client.kind not in _KEY_OPTIONAL:
        _check_assertion(ctx, proof, client)
    elif proof.client_assertion:
        raise ClientUnknown
    return client


def require_client(ctx: IdentityContext, proof: ClientProof) -> Client:
    """As `authenticate_client`, where a client must be named; raises ClientUnknown."""
    client = authenticate_client(ctx, proof)
    if client is None:
        raise ClientUnknown
    return client


def assertion_audiences(ctx: IdentityContext) -> frozenset[str]:
    """The audiences an assertion may be signed for: this server, and its endpoints where clients authenticate.

    RFC 9126 requires the first three; the others are what clients take as endpoint (RFC 7523, section 3).
    """
    public_url = ctx.tools.public_url
    return frozenset({public_url, *(f"{public_url}/oauth/{name}" for name in _ENDPOINTS)})


def _check_assertion(ctx: IdentityContext, proof: ClientProof, client: Client) -> None:
    if proof.client_assertion_type != client_assertions.ASSERTION_TYPE:
        raise ClientUnknown
    assertion = client_assertions.read_assertion(
        proof.client_assertion, client.keys, client.client_id, assertion_audiences(ctx), ctx.now
    )
    with ctx.database.separate_transaction() as repositories:
        if not repositories.spend(assertion.replay_key, assertion.keep_until):
            raise ClientUnknown
