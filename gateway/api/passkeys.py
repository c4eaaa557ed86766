"""Passkeys: listed, added, removed; and login with one."""

from typing import Annotated, Any

import msgspec
from litestar import delete, get, post
from litestar.status_codes import HTTP_200_OK

from contracts.identity.api import Identity
from contracts.identity.passkeys import (
    BeginPasskey,
    BeginPasskeyLogin,
    ConfirmPasskey,
    FinishPasskeyLogin,
    ListPasskeys,
    PasskeyList,
    PasskeyOptions,
    RemovePasskey,
)
from contracts.identity.people import Token
from gateway.api.parameters import AttemptInPath, FreeText, PasskeyInPath
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example
from gateway.user_agents import device_of

_PATH = "/me/passkeys"
_CREDENTIAL = {"id": "q1Zk...", "rawId": "q1Zk...", "type": "public-key", "response": {"clientDataJSON": "eyJ0..."}}


class PasskeyRegistration(msgspec.Struct, frozen=True, kw_only=True):
    """A new passkey, as `toJSON()` of the browser's credential gives it, and its owner's label for it."""

    credential: dict[str, Any]
    label: FreeText


class PasskeyAssertion(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey's signed assertion, as `toJSON()` of the browser's credential gives it."""

    credential: dict[str, Any]


@get(_PATH, opt={ROLES: Identity.list_passkeys.roles}, tags=["Connexion"], summary="Voir ses clés d'accès")
async def list_passkeys(request: ApiRequest) -> PasskeyList:
    """List the caller's passkeys, newest first."""
    return await request.call(Identity.list_passkeys, ListPasskeys())


@post(_PATH, opt={ROLES: Identity.begin_passkey.roles}, tags=["Connexion"], summary="Ajouter une clé d'accès")
async def begin_passkey(request: ApiRequest) -> PasskeyOptions:
    """Create options for `navigator.credentials.create`; allowed within five minutes of a login."""
    return await request.call(Identity.begin_passkey, BeginPasskey())


@post(
    f"{_PATH}/{{passkey:str}}",
    opt={ROLES: Identity.confirm_passkey.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Confirmer la clé d'accès créée",
)
async def confirm_passkey(
    request: ApiRequest,
    passkey: AttemptInPath,
    data: Annotated[PasskeyRegistration, example(credential=_CREDENTIAL, label="Téléphone")],
) -> PasskeyList:
    """Register the created passkey, which alone suffices to log in from now on; the holder is notified."""
    message = ConfirmPasskey(attempt=passkey, credential=data.credential, label=data.label)
    return await request.call(Identity.confirm_passkey, message)


@delete(
    f"{_PATH}/{{passkey:str}}",
    opt={ROLES: Identity.remove_passkey.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Retirer une clé d'accès",
)
async def remove_passkey(request: ApiRequest, passkey: PasskeyInPath) -> PasskeyList:
    """Remove a passkey, within five minutes of a login; the holder is notified."""
    return await request.call(Identity.remove_passkey, RemovePasskey(passkey=passkey))


@post("/sessions/passkey", opt={ROLES: PUBLIC}, tags=["Connexion"], summary="Se connecter par clé d'accès")
async def begin_passkey_login(request: ApiRequest) -> PasskeyOptions:
    """Create options for `navigator.credentials.get`; the passkey itself identifies its owner."""
    return await request.call(Identity.begin_passkey_login, BeginPasskeyLogin())


@post(
    "/sessions/passkey/{attempt:str}",
    opt={ROLES: PUBLIC},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Se connecter par clé d'accès : réponse signée",
)
async def finish_passkey_login(
    request: ApiRequest, attempt: AttemptInPath, data: Annotated[PasskeyAssertion, example(credential=_CREDENTIAL)]
) -> Token:
    """Exchange the passkey's signed assertion for an access token."""
    device = device_of(request.headers.get("user-agent", ""))
    message = FinishPasskeyLogin(attempt=attempt, credential=data.credential, device=device)
    return await request.call(Identity.finish_passkey_login, message)


PUBLIC_ROUTES = [begin_passkey_login, finish_passkey_login]
ROUTES = [list_passkeys, begin_passkey, confirm_passkey, remove_passkey]
