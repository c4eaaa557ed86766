"""Passkeys: added, listed, taken off, and logging in with one."""

from typing import Annotated, Any

import msgspec
from litestar import delete, get, post
from litestar.status_codes import HTTP_200_OK

from contracts.identity import (
    BeginPasskey,
    BeginPasskeyLogin,
    ConfirmPasskey,
    FinishPasskeyLogin,
    Identity,
    ListPasskeys,
    PasskeyOffered,
    PasskeysShown,
    RemovePasskey,
    Token,
)
from gateway.api.parameters import AttemptInPath, PasskeyInPath, Words
from gateway.clients import Caller
from gateway.devices import device_of
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example

_PATH = "/me/passkeys"
_CREDENTIAL = {"id": "q1Zk...", "rawId": "q1Zk...", "type": "public-key", "response": {"clientDataJSON": "eyJ0..."}}


class MadeKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key a device has made, as `toJSON()` of the browser's answer gives it, and what its owner calls it."""

    credential: dict[str, Any]
    label: Words


class UsedKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a key has signed, as `toJSON()` of the browser's answer gives it."""

    credential: dict[str, Any]


@get(_PATH, opt={ROLES: Identity.list_passkeys.roles}, tags=["Connexion"], summary="Voir ses clés d'accès")
async def list_passkeys(request: Caller) -> PasskeysShown:
    """The caller's passkeys, the newest first."""
    return await request.ask(Identity.list_passkeys, ListPasskeys())


@post(_PATH, opt={ROLES: Identity.begin_passkey.roles}, tags=["Connexion"], summary="Ajouter une clé d'accès")
async def begin_passkey(request: Caller) -> PasskeyOffered:
    """What `navigator.credentials.create` takes; within five minutes of a login."""
    return await request.ask(Identity.begin_passkey, BeginPasskey())


@post(
    f"{_PATH}/{{attempt:str}}",
    opt={ROLES: Identity.confirm_passkey.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Confirmer la clé d'accès créée",
)
async def confirm_passkey(
    request: Caller,
    attempt: AttemptInPath,
    data: Annotated[MadeKey, example(credential=_CREDENTIAL, label="Téléphone")],
) -> PasskeysShown:
    """From now on the key opens the account by itself; the holder is told."""
    question = ConfirmPasskey(attempt=attempt, credential=data.credential, label=data.label)
    return await request.ask(Identity.confirm_passkey, question)


@delete(
    f"{_PATH}/{{passkey:str}}",
    opt={ROLES: Identity.remove_passkey.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Retirer une clé d'accès",
)
async def remove_passkey(request: Caller, passkey: PasskeyInPath) -> PasskeysShown:
    """Take a key off, within five minutes of a login; the holder is told."""
    return await request.ask(Identity.remove_passkey, RemovePasskey(passkey=passkey))


@post("/sessions/passkey", opt={ROLES: PUBLIC}, tags=["Connexion"], summary="Se connecter par clé d'accès")
async def begin_passkey_login(request: Caller) -> PasskeyOffered:
    """What `navigator.credentials.get` takes; nobody says who they are before their key does."""
    return await request.ask(Identity.begin_passkey_login, BeginPasskeyLogin())


@post(
    "/sessions/passkey/{attempt:str}",
    opt={ROLES: PUBLIC},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Se connecter par clé d'accès : réponse signée",
)
async def finish_passkey_login(
    request: Caller, attempt: AttemptInPath, data: Annotated[UsedKey, example(credential=_CREDENTIAL)]
) -> Token:
    """What the key has signed, for an access token."""
    device = device_of(request.headers.get("user-agent", ""))
    question = FinishPasskeyLogin(attempt=attempt, credential=data.credential, device=device)
    return await request.ask(Identity.finish_passkey_login, question)


PUBLIC_ROUTES = [begin_passkey_login, finish_passkey_login]
ROUTES = [list_passkeys, begin_passkey, confirm_passkey, remove_passkey]
