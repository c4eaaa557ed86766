"""Tokens after they were given: ended by the client, by the patient, and looked at."""

from datetime import datetime
from uuid import UUID

from chassis.opaque import token_hash
from chassis.tokens import Keyring
from contracts.consent import AppRevoked
from contracts.envelope import Actor
from contracts.identity import AboutToken, Client, ClientKind, Introspection
from contracts.vocabulary import Role
from services.identity.handlers.clients import proven_client
from services.identity.handlers.software_tokens import actor_in, end_session_of_software, introspect_of_software
from services.identity.repositories import Database, IdentityRepositories
from services.identity.repositories.grants import RefreshToken
from services.identity.tools import Tools


def end_token(message: AboutToken, *, now: datetime, database: Database, tools: Tools, keyring: Keyring) -> None:
    """End the grant a token is of, if it is the asker's; a token that is nobody's needs no ending (RFC 7009).

    Raises:
        ClientUnknown.
    """
    client = proven_client(message.proof, now=now, database=database, tools=tools)
    if client.kind is ClientKind.SOFTWARE:
        end_session_of_software(message.token, client, repositories=database.repositories, keyring=keyring, now=now)
        return
    held = database.repositories.refresh_token(token_hash(message.token))
    if held is not None:
        if held.grant.client_id == client.client_id:
            database.repositories.end_grant(held.grant.grant_id, now)
        return
    actor = _app_in(message.token, client, keyring, now)
    if actor is not None:
        database.repositories.end_grant(UUID(actor.session), now)


def introspect_token(
    message: AboutToken, *, now: datetime, database: Database, tools: Tools, keyring: Keyring
) -> Introspection:
    """What a token of the asker's is good for; of every other one only that it is good for nothing.

    Raises:
        ClientUnknown.
    """
    client = proven_client(message.proof, now=now, database=database, tools=tools)
    if client.kind is ClientKind.SOFTWARE:
        return introspect_of_software(
            message.token, client, repositories=database.repositories, keyring=keyring, now=now
        )
    held = database.repositories.refresh_token(token_hash(message.token))
    if held is not None:
        return _of_refresh_token(held, client, now)
    actor = _app_in(message.token, client, keyring, now)
    grant = None if actor is None else database.repositories.grant(UUID(actor.session))
    if actor is None or grant is None or not grant.lasts(now):
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


def end_grants(event: AppRevoked, repositories: IdentityRepositories, now: datetime) -> None:
    """The patient took back what an app was allowed; consent has journalled it."""
    repositories.end_grants_of(event.patient_id, event.app, now)


def _app_in(token: str, client: Client, keyring: Keyring, now: datetime) -> Actor | None:
    actor = actor_in(token, keyring, now)
    is_of_it = actor is not None and actor.role is Role.APP and actor.subject == client.client_id
    return actor if is_of_it else None


def _of_refresh_token(held: RefreshToken, client: Client, now: datetime) -> Introspection:
    grant = held.grant
    if grant.client_id != client.client_id or held.used_at is not None or not grant.lasts(now) or held.until <= now:
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
