"""A patient's authenticator app: the stronger second step, without waiting for a message."""

from litestar import delete, get, post
from litestar.status_codes import HTTP_200_OK

from contracts.identity import (
    AuthenticatorOffered,
    AuthenticatorStanding,
    BeginAuthenticator,
    ConfirmAuthenticator,
    Identity,
    RemoveAuthenticator,
    ShowAuthenticator,
)
from gateway.api.accounts import OneTimeCodeBody
from gateway.clients import Caller
from gateway.guards import ROLES

_PATH = "/me/authenticator"


@get(
    _PATH,
    opt={ROLES: Identity.show_authenticator.roles},
    tags=["Connexion"],
    summary="Voir si une application d'authentification est enregistrée",
)
async def show_authenticator(request: Caller) -> AuthenticatorStanding:
    """Since when the app opens the account."""
    return await request.ask(Identity.show_authenticator, ShowAuthenticator())


@post(
    _PATH,
    opt={ROLES: Identity.begin_authenticator.roles},
    tags=["Connexion"],
    summary="Ajouter une application d'authentification",
)
async def begin_authenticator(request: Caller) -> AuthenticatorOffered:
    """A secret for the app (TOTP), shown once; within five minutes of a login."""
    return await request.ask(Identity.begin_authenticator, BeginAuthenticator())


@post(
    f"{_PATH}/confirmation",
    opt={ROLES: Identity.confirm_authenticator.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Confirmer l'application par son premier code",
)
async def confirm_authenticator(request: Caller, data: OneTimeCodeBody) -> AuthenticatorStanding:
    """From now on a code of the app opens the account beside the password; the holder is told."""
    return await request.ask(Identity.confirm_authenticator, ConfirmAuthenticator(code=data.code))


@delete(
    _PATH,
    opt={ROLES: Identity.remove_authenticator.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Retirer l'application d'authentification",
)
async def remove_authenticator(request: Caller) -> AuthenticatorStanding:
    """Take the app off, within five minutes of a login; the holder is told."""
    return await request.ask(Identity.remove_authenticator, RemoveAuthenticator())


ROUTES = [show_authenticator, begin_authenticator, confirm_authenticator, remove_authenticator]
