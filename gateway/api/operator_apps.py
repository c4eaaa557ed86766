"""Partner apps, back ends and business software: registered, suspended and restored by the operator."""

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.status_codes import HTTP_200_OK

from contracts.identity.api import Identity
from contracts.identity.apps import (
    Client,
    Clients,
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
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

_PATH = "/operator/apps"


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an app or software is suspended."""

    suspended: bool


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """Requests per minute of one structure; 0: no limit."""

    quota: int


@get(
    _PATH,
    opt={ROLES: Identity.list_clients.roles},
    tags=["Exploitation"],
    summary="Voir les applications enregistrées",
)
async def list_clients(request: ApiRequest) -> Clients:
    """List every client of the authorization server."""
    return await request.call(Identity.list_clients, ListClients())


@post(
    _PATH,
    opt={ROLES: Identity.register_client.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Enregistrer une application, ou changer ce qui en est enregistré",
)
async def register_client(
    request: ApiRequest,
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
    """Register a client, or update its registration; patients may authorise it from now on."""
    return await request.call(Identity.register_client, data)


@put(
    f"{_PATH}/{{app:str}}/suspension",
    opt={ROLES: Identity.suspend_client.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Suspendre une application, ou la rétablir",
)
async def suspend_client(
    request: ApiRequest, app: AppInPath, data: Annotated[Suspension, example(suspended=True)]
) -> Client:
    """Suspend an app's access to every record, or restore it; the authorisations of patients are kept."""
    return await request.call(Identity.suspend_client, SuspendClient(client_id=app, suspended=data.suspended))


@get(
    "/operator/software",
    opt={ROLES: Identity.list_software.roles},
    tags=["Exploitation"],
    summary="Voir les logiciels homologués",
)
async def list_software(request: ApiRequest) -> SoftwareList:
    """List every homologated business software, and which are suspended."""
    return await request.call(Identity.list_software, ListSoftware())


@put(
    "/operator/software/{software:str}/suspension",
    opt={ROLES: Identity.suspend_software.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Suspendre un logiciel, ou le rétablir",
)
async def suspend_software(
    request: ApiRequest, software: SoftwareInPath, data: Annotated[Suspension, example(suspended=True)]
) -> Software:
    """Suspend a software and end the sessions of its users, or restore it."""
    message = SuspendSoftware(number=software, suspended=data.suspended)
    return await request.call(Identity.suspend_software, message)


@put(
    "/operator/software/{software:str}/quota",
    opt={ROLES: Identity.set_quota.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Limiter les requêtes d'un logiciel",
)
async def set_quota(
    request: ApiRequest, software: SoftwareInPath, data: Annotated[Quota, example(quota=600)]
) -> Software:
    """Set how many requests per minute each structure may make with a software; applies to new tokens."""
    return await request.call(Identity.set_quota, SetQuota(number=software, quota=data.quota))


ROUTES = [list_software, suspend_software, set_quota, list_clients, register_client, suspend_client]
