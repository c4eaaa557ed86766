"""The token endpoint: a code, a refresh token or a client's key against an access token; reuse ends the grant."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

from chassis.access_rules import NoEntry, NoQuestion, unasked
from chassis.handlers import handles
from chassis.opaque import new_opaque, token_hash
from chassis.possession import KEPT_SECONDS, read_possession
from chassis.tokens import sign_actor
from contracts.errors.request import ClientNotAllowed, ClientUnknown, GrantInvalid, PossessionUnproven
from contracts.identity.api import Identity
from contracts.identity.apps import Client, ClientKind
from contracts.identity.logins import LoginMethod
from contracts.identity.oauth import GrantToken, GrantType, TokenIssued
from contracts.scopes import Scopes, read_scopes, write_scopes
from contracts.vocabulary import Act
from services.identity import domain
from services.identity.access_tokens import start_session
from services.identity.cards import TOKEN_PATH
from services.identity.client_authentication import authenticate_client
from services.identity.context import IdentityContext
from services.identity.domain.granting import (
    GRANT_LIFE,
    REFRESH_LIFE,
    Grant,
    app_actor,
    check_bound,
    check_code,
    feeder_actor,
    may_repeat,
    narrowed,
)
from services.identity.repositories.grants import RefreshToken
from services.identity.software_tokens import grant_to_software

_ORGANISATION = "organisation"


@handles(
    Identity.grant_token,
    access=unasked(NoQuestion.PROOF, Act.CONNEXION, skips=(NoEntry.REFRESHED, NoEntry.ASKED_SERVICE)),
)
def grant_token(ctx: IdentityContext, request: GrantToken) -> TokenIssued:
    """The tokens a client may use from now on.

    Raises:
        ClientUnknown, ClientNotAllowed, GrantInvalid, ScopeRefused, PossessionUnproven; of a software, as
            `grant_to_software`.
    """
    client = authenticate_client(ctx, request.proof)
    if client is not None and client.kind is ClientKind.SOFTWARE:
        return grant_to_software(ctx, request, client)
    match request.grant_type:
        case GrantType.CODE:
            return _grant_by_code(ctx, request, client)
        case GrantType.REFRESH:
            return _grant_by_refresh_token(ctx, request, client)
        case GrantType.OWN_KEY:
            return _grant_by_own_key(ctx, client)


def _grant_by_code(ctx: IdentityContext, request: GrantToken, client: Client | None) -> TokenIssued:
    """A code serves once: showing it again ends what it gave."""
    client = _named(client)
    with ctx.database.separate_transaction() as repositories:
        grant, is_first = repositories.spend_code(token_hash(request.code), ctx.now)
    if grant is None:
        raise GrantInvalid
    if not is_first:
        _end_reused(ctx, grant, client)
    check_code(grant, client, request.redirect_uri, request.code_verifier, ctx.now)
    thumbprint = _proven_key(ctx, request)
    if thumbprint:
        ctx.database.repositories.bind_grant(grant.grant_id, thumbprint)
        grant = replace(grant, bound_to=thumbprint)
    ctx.access.skip(NoEntry.ASKED_SERVICE)
    return _issue(ctx, grant, client, read_scopes(grant.scopes), with_identity=True)


def _grant_by_refresh_token(ctx: IdentityContext, request: GrantToken, client: Client | None) -> TokenIssued:
    """A refresh token serves once and gives the next: one shown again ends the grant, or repeats a lost answer."""
    repositories, token = ctx.database.repositories, token_hash(request.refresh_token)
    shown = repositories.hold_refresh_token(token)
    if shown is None:
        raise GrantInvalid
    grant = shown.grant
    owner = check_bound(client, repositories.client(grant.client_id))
    account = repositories.account_of(grant.giver)
    if account is not None and account.locked_at is not None:
        # The token is not used up: after an unlocking it serves again.
        raise GrantInvalid
    if shown.used_at is None:
        repositories.spend_refresh_token(token, ctx.now)
    elif _is_repeat(ctx, shown, client):
        repositories.repeat_refresh_token(token, ctx.now)
    else:
        _end_reused(ctx, grant, owner)
    if not grant.lasts(ctx.now) or shown.until <= ctx.now:
        raise GrantInvalid
    scopes = narrowed(grant, request.scope)
    if grant.bound_to and _proven_key(ctx, request) != grant.bound_to:
        raise PossessionUnproven
    ctx.access.skip(NoEntry.REFRESHED)
    return _issue(ctx, grant, owner, scopes, with_identity=False, replaces=token)


def _is_repeat(ctx: IdentityContext, shown: RefreshToken, client: Client | None) -> bool:
    """Whether a used token may be used once more, by a client with a key; what its first use gave serves no more."""
    has_key = bool(shown.grant.bound_to) or (client is not None and bool(client.keys))
    if not has_key or shown.used_at is None or shown.successor is None:
        return False
    return may_repeat(
        shown.used_at, shown.repeated_at, ctx.now, ctx.tools.refresh_grace
    ) and ctx.database.repositories.spend_refresh_token(shown.successor, ctx.now)


def _grant_by_own_key(ctx: IdentityContext, client: Client | None) -> TokenIssued:
    """A feeder's back end acts for itself (client credentials)."""
    client = _named(client)
    if client.kind is not ClientKind.FEEDER:
        raise ClientNotAllowed
    ctx.access.actor, ctx.access.reason = feeder_actor(client), _ORGANISATION
    token = start_session(ctx, ctx.access.actor, LoginMethod.CLIENT_KEY)
    return TokenIssued(access_token=token.access_token, expires_in=token.expires_in)


def _named(client: Client | None) -> Client:
    if client is None:
        raise ClientUnknown
    return client


def _proven_key(ctx: IdentityContext, request: GrantToken) -> str:
    """The thumbprint of the key this request proves, empty where it proves none; a proof serves once."""
    if not request.possession:
        return ""
    url = f"{ctx.tools.public_url}{TOKEN_PATH}"
    proven = read_possession(request.possession, method="POST", url=url, now=ctx.now.timestamp())
    with ctx.database.autocommit() as repositories:
        if not repositories.spend(proven.replay_key, ctx.now + timedelta(seconds=KEPT_SECONDS)):
            raise PossessionUnproven
    return proven.thumbprint


def _issue(
    ctx: IdentityContext,
    grant: Grant,
    client: Client,
    scopes: Scopes,
    *,
    with_identity: bool,
    replaces: bytes | None = None,
) -> TokenIssued:
    actor = app_actor(grant, client, scopes)
    # A refresh token is always of the whole grant: a narrower token now does not narrow the next one.
    refresh = new_opaque() if read_scopes(grant.scopes).offline else ""
    if refresh:
        until = min(ctx.now + REFRESH_LIFE, grant.started_at + GRANT_LIFE)
        ctx.database.repositories.put_refresh_token(token_hash(refresh), grant.grant_id, until, replaces=replaces)
    return TokenIssued(
        access_token=sign_actor(ctx.signer, actor, seconds=domain.TOKEN_SECONDS, now=ctx.now.timestamp()),
        expires_in=domain.TOKEN_SECONDS,
        scope=write_scopes(scopes),
        patient=str(grant.patient_id),
        refresh_token=refresh,
        bound=bool(grant.bound_to),
        id_token=ctx.tools.openid.sign(_id_claims(ctx, grant, scopes), ctx.now)
        if with_identity and scopes.openid
        else "",
    )


def _id_claims(ctx: IdentityContext, grant: Grant, scopes: Scopes) -> dict[str, Any]:
    issued = int(ctx.now.timestamp())
    claims: dict[str, Any] = {
        "iss": ctx.tools.public_url,
        "sub": str(grant.giver),
        "aud": grant.client_id,
        "iat": issued,
        "exp": issued + domain.TOKEN_SECONDS,
        "auth_time": int(grant.started_at.timestamp()),
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    if scopes.fhir_user and grant.representative is None:
        claims["fhirUser"] = f"{ctx.tools.public_url}/fhir/Patient/{grant.patient_id}"
    return claims


def _end_reused(ctx: IdentityContext, grant: Grant, client: Client) -> NoReturn:
    """End the grant of a code or token shown twice: one of the two who showed it has stolen it."""
    with ctx.database.separate_transaction() as repositories:
        repositories.end_grant(grant.grant_id, ctx.now)
    ctx.access.actor, ctx.access.patient_id = app_actor(grant, client, Scopes()), grant.patient_id
    raise GrantInvalid
