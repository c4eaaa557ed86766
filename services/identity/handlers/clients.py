"""Clients of the authorization server: registered by the operator, and proving who they are ever after."""

from datetime import datetime

from chassis.pending_events import PendingEvents
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import ClientNotFound, ClientUnknown, SoftwareNotFound
from contracts.identity import (
    APPS,
    AppListed,
    AppSuspended,
    Client,
    ClientKind,
    ClientProof,
    Clients,
    Means,
    RegisterClient,
    SuspendClient,
)
from contracts.vocabulary import PLATFORM, Act, Role
from services.identity import client_assertions
from services.identity.domain.clients import check_registration
from services.identity.repositories import Database, IdentityRepositories
from services.identity.tools import Tools

_WITHOUT_KEY = frozenset({ClientKind.PUBLIC, ClientKind.SOFTWARE})
"""What may have none: a software on a desk keeps no secret, and Pro Santé Connect says who works with it."""
_LISTED, _SUSPENDED = "referencee", "suspendue"


def register_client(
    message: RegisterClient, actor: Actor, *, now: datetime, repositories: IdentityRepositories, events: PendingEvents
) -> Client:
    """Register a client, or give one that is there new terms.

    Raises:
        InvalidRequest: naming the field. SoftwareNotFound: no software is homologated under that number.
    """
    check_registration(message)
    if message.software and repositories.homologated(message.software) is None:
        raise SoftwareNotFound
    if message.keys:
        client_assertions.check_keys(message.keys)
    repositories.put_client(message, now)
    client = _found(repositories, message.client_id)
    if client.suspended_at is None:
        _tell(client, actor, events, suspended=False)
    return client


def suspend_client(
    message: SuspendClient, actor: Actor, *, now: datetime, repositories: IdentityRepositories, events: PendingEvents
) -> Client:
    """Shut a client out, or let it in again; raises ClientNotFound."""
    repositories.suspend_client(message.client_id, now if message.suspended else None)
    client = _found(repositories, message.client_id)
    if message.suspended and client.kind not in APPS:
        repositories.end_sessions(Role.FEEDER, client.client_id, now)
        repositories.end_sessions_of_agents(client.client_id, now)
        repositories.end_sessions_with(client.software, now, means=Means.PRO_SANTE_CONNECT)
    _tell(client, actor, events, suspended=message.suspended)
    return client


def list_clients(repositories: IdentityRepositories) -> Clients:
    """All of them."""
    return Clients(clients=tuple(repositories.all_clients()))


def known_client(proof: ClientProof, *, now: datetime, database: Database, tools: Tools) -> Client | None:
    """The client that asks, once it has proven who it is as its kind must; None where it does not say.

    Raises:
        ClientUnknown: it is none, is suspended, or has not proven it.
    """
    client_id = proof.client_id
    if proof.client_assertion:
        claimed = client_assertions.unproven_client(proof.client_assertion)
        if client_id and client_id != claimed:
            raise ClientUnknown
        client_id = claimed
    if not client_id:
        return None
    client = database.repositories.client(client_id)
    if client is None or client.suspended_at is not None:
        raise ClientUnknown
    if client.keys or client.kind not in _WITHOUT_KEY:
        _check_assertion(proof, client, now=now, database=database, tools=tools)
    elif proof.client_assertion:
        raise ClientUnknown
    return client


def proven_client(proof: ClientProof, *, now: datetime, database: Database, tools: Tools) -> Client:
    """As `known_client`, for what nobody does without saying who they are; raises ClientUnknown."""
    client = known_client(proof, now=now, database=database, tools=tools)
    if client is None:
        raise ClientUnknown
    return client


def _check_assertion(proof: ClientProof, client: Client, *, now: datetime, database: Database, tools: Tools) -> None:
    if proof.client_assertion_type != client_assertions.ASSERTION_TYPE:
        raise ClientUnknown
    shown = client_assertions.read_assertion(
        proof.client_assertion, client.keys, client.client_id, audiences_of(tools), now
    )
    with database.separate_transaction() as repositories:
        if not repositories.spend(shown.replay_key, shown.keep_until):
            raise ClientUnknown


def audiences_of(tools: Tools) -> frozenset[str]:
    """For whom an assertion may be signed: this server, by either of its names."""
    return frozenset({tools.public_url, f"{tools.public_url}/oauth/token"})


def _found(repositories: IdentityRepositories, client_id: str) -> Client:
    client = repositories.client(client_id)
    if client is None:
        raise ClientNotFound
    return client


def _tell(client: Client, actor: Actor, events: PendingEvents, *, suspended: bool) -> None:
    if client.kind in APPS:
        event = AppSuspended if suspended else AppListed
        events.publish(event(client_id=client.client_id))
    reason = _SUSPENDED if suspended else _LISTED
    events.journal(
        JournalEntry.by(actor, PLATFORM, Act.REFERENCEMENT_APPLICATION, reason=reason, about=client.client_id)
    )
