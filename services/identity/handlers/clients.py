"""Clients of the authorization server, as the operator registers, suspends and lists them."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.request import ClientNotFound, InvalidRequest, SoftwareNotFound
from contracts.identity.api import Identity
from contracts.identity.apps import (
    APPS,
    Client,
    Clients,
    ListClients,
    NameApps,
    NamedApp,
    NamedApps,
    RegisterClient,
    SuspendClient,
)
from contracts.identity.events import AppListed, AppSuspended
from contracts.identity.logins import LoginMethod
from contracts.vocabulary import Act, Role
from services.identity import client_assertions
from services.identity.context import IdentityContext
from services.identity.domain.clients import check_registration

_LISTS = unasked(NoQuestion.OPERATOR, Act.REFERENCEMENT_APPLICATION)
_LISTED, _SUSPENDED = "referencee", "suspendue"
_NAMED_AT_MOST = 100


@handles(Identity.register_client, access=_LISTS)
def register_client(ctx: IdentityContext, request: RegisterClient) -> Client:
    """Register a client, or give a registered one new terms.

    Raises:
        InvalidRequest: naming the field. SoftwareNotFound: no software is homologated under that number.
    """
    repositories = ctx.database.repositories
    ctx.access.about = request.client_id
    check_registration(request)
    if request.software and repositories.homologated(request.software) is None:
        raise SoftwareNotFound
    if request.keys:
        client_assertions.check_keys(request.keys)
    revision = repositories.put_client(request, ctx.now)
    client = _require_client(ctx, request.client_id)
    ctx.access.reason = _LISTED if client.suspended_at is None else _SUSPENDED
    if client.suspended_at is None:
        _announce(ctx, client, revision, suspended=False)
    return client


@handles(Identity.suspend_client, access=_LISTS)
def suspend_client(ctx: IdentityContext, request: SuspendClient) -> Client:
    """Suspend a client and end its sessions, or readmit it; raises ClientNotFound."""
    repositories = ctx.database.repositories
    ctx.access.about, ctx.access.reason = request.client_id, _SUSPENDED if request.suspended else _LISTED
    revision = repositories.suspend_client(request.client_id, ctx.now if request.suspended else None)
    client = _require_client(ctx, request.client_id)
    if request.suspended and client.kind not in APPS:
        repositories.end_sessions(Role.FEEDER, client.client_id, ctx.now)
        repositories.end_sessions_of_agents(client.client_id, ctx.now)
        repositories.end_sessions_with(client.software, ctx.now, means=LoginMethod.PRO_SANTE_CONNECT)
    _announce(ctx, client, revision, suspended=request.suspended)
    return client


@handles(Identity.list_clients, access=unjournalled(NoEntry.PLATFORM_TABLE, NoQuestion.OPERATOR), reading=True)
def list_clients(ctx: IdentityContext, _request: ListClients) -> Clients:
    """All of them, by id."""
    return Clients(clients=tuple(ctx.database.repositories.all_clients()))


@handles(Identity.name_apps, access=unjournalled(NoEntry.PUBLIC, NoQuestion.PUBLIC), reading=True)
def name_apps(ctx: IdentityContext, request: NameApps) -> NamedApps:
    """What anybody reads of these apps before they authorise one; others, and clients that are no apps, are left out.

    Raises:
        InvalidRequest: too many.
    """
    if len(request.apps) > _NAMED_AT_MOST:
        raise InvalidRequest(field="apps")
    return NamedApps(
        apps=tuple(
            NamedApp(app=client.client_id, name=client.name, publisher=client.publisher, purpose=client.purpose)
            for client in ctx.database.repositories.clients_of(request.apps)
            if client.kind in APPS
        )
    )


def _require_client(ctx: IdentityContext, client_id: str) -> Client:
    client = ctx.database.repositories.client(client_id)
    if client is None:
        raise ClientNotFound
    return client


def _announce(ctx: IdentityContext, client: Client, revision: int, *, suspended: bool) -> None:
    """Publish whether an app is listed."""
    if client.kind in APPS:
        event = AppSuspended if suspended else AppListed
        ctx.events.publish(event(client_id=client.client_id, revision=revision))
