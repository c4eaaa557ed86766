"""Tokens after they were issued: ended by the client or the patient, introspected; and the keys of id tokens."""

from datetime import timedelta
from uuid import UUID

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import ReceivedEvent, handles, listens_to_bundle
from chassis.opaque import token_hash
from chassis.possession import KEPT_SECONDS, Possession
from contracts.consent.events import AppRevoked
from contracts.envelope import Actor
from contracts.errors.request import PossessionUnproven
from contracts.identity.api import Identity
from contracts.identity.apps import Client, ClientKind
from contracts.identity.oauth import (
    AboutToken,
    GetPublicKeys,
    Introspection,
    ProofSpent,
    PublicKeys,
    SpendProof,
    TokenRevoked,
)
from contracts.vocabulary import Role
from services.identity import domain
from services.identity.access_tokens import actor_in
from services.identity.client_authentication import require_client
from services.identity.context import IdentityContext
from services.identity.repositories.grants import RefreshToken
from services.identity.software_tokens import end_software_session, introspect_software_token

_OF_CLIENT = unjournalled(NoEntry.OWN, NoQuestion.PROOF)


@handles(Identity.end_token, access=_OF_CLIENT)
def end_token(ctx: IdentityContext, request: AboutToken) -> TokenRevoked:
    """End the grant of the client's token; any other token is left alone without an error (RFC 7009).

    Raises:
        ClientUnknown.
    """
    client = require_client(ctx, request.proof)
    if client.kind is ClientKind.SOFTWARE:
        end_software_session(ctx, request.token, client)
    else:
        _end_grant_of(ctx, request.token, client)
    return TokenRevoked()


@handles(Identity.introspect_token, access=_OF_CLIENT)
def introspect_token(ctx: IdentityContext, request: AboutToken) -> Introspection:
    """What a token of the client's own is good for; any other token is answered as inactive (RFC 7662).

    Raises:
        ClientUnknown.
    """
    client = require_client(ctx, request.proof)
    if client.kind is ClientKind.SOFTWARE:
        return introspect_software_token(ctx, request.token, client)
    repositories = ctx.database.repositories
    held = repositories.refresh_token(token_hash(request.token))
    if held is not None:
        return _of_refresh_token(ctx, held, client)
    actor = _app_in(ctx, request.token, client)
    grant = None if actor is None else repositories.grant(UUID(actor.session))
    if actor is None or grant is None or not grant.lasts(ctx.now):
        return Introspection(active=False)
    return Introspection(
        active=True,
        client_id=client.client_id,
        scope=actor.scopes,
        patient=actor.patient,
        sub=actor.representative or actor.patient,
        token_type="DPoP" if actor.bound_to else "Bearer",
        cnf=_confirmation(actor.bound_to),
    )


@handles(Identity.spend_proof, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.OWN))
def spend_proof(ctx: IdentityContext, request: SpendProof) -> ProofSpent:
    """Use up a proof of the key that the app's token is bound to.

    Raises:
        PossessionUnproven: it was used before, or the token is bound to no key.
    """
    if not ctx.actor.bound_to:
        raise PossessionUnproven
    proof = Possession(ctx.actor.bound_to, request.jti)
    with ctx.database.autocommit() as repositories:
        if not repositories.spend(proof.replay_key, ctx.now + timedelta(seconds=KEPT_SECONDS)):
            raise PossessionUnproven
    return ProofSpent()


@handles(Identity.public_keys, access=unjournalled(NoEntry.PUBLIC, NoQuestion.PUBLIC), reading=True)
def public_keys(ctx: IdentityContext, _request: GetPublicKeys) -> PublicKeys:
    """The keys that sign id tokens."""
    return PublicKeys(jwks=ctx.tools.openid.public())


@listens_to_bundle(AppRevoked, access=unjournalled(NoEntry.SENDER, NoQuestion.SENDER))
def end_grants(ctx: IdentityContext, received: tuple[ReceivedEvent[AppRevoked], ...]) -> None:
    """The patient revoked an app; consent has journalled it. What they granted since is not revoked."""
    for revoked in received:
        until = revoked.at + timedelta(seconds=domain.CLOCK_SKEW)
        event = revoked.event
        ctx.database.repositories.end_grants_of(event.patient_id, event.app, ctx.now, started_until=until)


def _end_grant_of(ctx: IdentityContext, token: str, client: Client) -> None:
    repositories = ctx.database.repositories
    held = repositories.refresh_token(token_hash(token))
    if held is not None:
        if held.grant.client_id == client.client_id:
            repositories.end_grant(held.grant.grant_id, ctx.now)
        return
    actor = _app_in(ctx, token, client)
    if actor is not None:
        repositories.end_grant(UUID(actor.session), ctx.now)


def _app_in(ctx: IdentityContext, token: str, client: Client) -> Actor | None:
    actor = actor_in(ctx, token)
    is_of_client = actor is not None and actor.role is Role.APP and actor.subject == client.client_id
    return actor if is_of_client else None


def _of_refresh_token(ctx: IdentityContext, held: RefreshToken, client: Client) -> Introspection:
    grant = held.grant
    if (
        grant.client_id != client.client_id
        or held.used_at is not None
        or not grant.lasts(ctx.now)
        or held.until <= ctx.now
    ):
        return Introspection(active=False)
    return Introspection(
        active=True,
        client_id=client.client_id,
        scope=grant.scopes,
        patient=str(grant.patient_id),
        sub=str(grant.giver),
        exp=int(held.until.timestamp()),
        cnf=_confirmation(grant.bound_to),
    )


def _confirmation(thumbprint: str) -> dict[str, str]:
    return {"jkt": thumbprint} if thumbprint else {}
