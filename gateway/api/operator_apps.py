"""Partner apps, back ends and business software, as the operator lists them, shuts them out and lets them in."""

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.status_codes import HTTP_200_OK

from contracts.identity import (
    Client,
    Clients,
    Identity,
    ListClients,
    ListSoftware,
    RegisterClient,
    SetQuota,
    Software,
    SoftwareList,
    SuspendClient,
    SuspendSoftware,
)
from gateway.api.parameters import AppInPath, SoftwareInPath
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example

_PATH = "/operator/apps"


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an app is shut out."""

    suspended: bool


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """Requests a minute of one structure; 0: as many as it likes."""

    quota: int


@get(
    _PATH,
    opt={ROLES: Identity.list_clients.roles},
    tags=["Exploitation"],
    summary="Voir les applications enregistrées",
)
async def list_clients(request: Caller) -> Clients:
    """Every client of the authorization server."""
    return await request.ask(Identity.list_clients, ListClients())


@post(
    _PATH,
    opt={ROLES: Identity.register_client.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Enregistrer une application, ou changer ce qui en est enregistré",
)
async def register_client(
    request: Caller,
    data: Annotated[
        RegisterClient,
        example(
            client_id="carnet-de-vaccins",
            name="Carnet de vaccins",
            publisher="Exemple SAS",
            purpose="Vous rappeler vos vaccins",
            kind="public",
            redirect_uris=["https://vaccins.example/retour"],
            scopes="launch/patient openid fhirUser offline_access patient/DocumentReference.rs",
        ),
    ],
) -> Client:
    """Register a client; patients may let it read from now on."""
    return await request.ask(Identity.register_client, data)


@put(
    f"{_PATH}/{{app:str}}/suspension",
    opt={ROLES: Identity.suspend_client.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Suspendre une application, ou la rétablir",
)
async def suspend_client(
    request: Caller, app: AppInPath, data: Annotated[Suspension, example(suspended=True)]
) -> Client:
    """Shut an app out of every record, or let it in again; what patients allowed it stays on file."""
    return await request.ask(Identity.suspend_client, SuspendClient(client_id=app, suspended=data.suspended))


@get(
    "/operator/software",
    opt={ROLES: Identity.list_software.roles},
    tags=["Exploitation"],
    summary="Voir les logiciels homologués",
)
async def list_software(request: Caller) -> SoftwareList:
    """Every homologated business software, and which are suspended."""
    return await request.ask(Identity.list_software, ListSoftware())


@put(
    "/operator/software/{software:str}/suspension",
    opt={ROLES: Identity.suspend_software.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Suspendre un logiciel, ou le rétablir",
)
async def suspend_software(
    request: Caller, software: SoftwareInPath, data: Annotated[Suspension, example(suspended=True)]
) -> Software:
    """Shut a software out, and end the sessions of who works with it; or let it in again."""
    question = SuspendSoftware(number=software, suspended=data.suspended)
    return await request.ask(Identity.suspend_software, question)


@put(
    "/operator/software/{software:str}/quota",
    opt={ROLES: Identity.set_quota.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Limiter les requêtes d'un logiciel",
)
async def set_quota(
    request: Caller, software: SoftwareInPath, data: Annotated[Quota, example(quota=600)]
) -> Software:
    """Set how many requests a minute each structure may make with a software; tokens given from now on say so."""
    return await request.ask(Identity.set_quota, SetQuota(number=software, quota=data.quota))


ROUTES = [list_software, suspend_software, set_quota, list_clients, register_client, suspend_client]
