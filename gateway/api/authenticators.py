"""A patient's authenticator app (TOTP): a second factor stronger than codes by SMS or e-mail."""

from litestar import delete, get, post
from litestar.status_codes import HTTP_200_OK

from contracts.identity.api import Identity
from contracts.identity.logins import (
    AuthenticatorSecret,
    AuthenticatorStatus,
    BeginAuthenticator,
    ConfirmAuthenticator,
    RemoveAuthenticator,
    ShowAuthenticator,
)
from gateway.api.accounts import OneTimeCodeBody
from gateway.clients import ApiRequest
from gateway.guards import ROLES

_PATH = "/me/authenticator"


@get(
    _PATH,
    opt={ROLES: Identity.show_authenticator.roles},
    tags=["Connexion"],
    summary="Voir si une application d'authentification est enregistrée",
)
async def show_authenticator(request: ApiRequest) -> AuthenticatorStatus:
    """Show since when an authenticator app is registered."""
    return await request.call(Identity.show_authenticator, ShowAuthenticator())


@post(
    _PATH,
    opt={ROLES: Identity.begin_authenticator.roles},
    tags=["Connexion"],
    summary="Ajouter une application d'authentification",
)
async def begin_authenticator(request: ApiRequest) -> AuthenticatorSecret:
    """Create the secret for the app (TOTP), shown only once; allowed within five minutes of a login."""
    return await request.call(Identity.begin_authenticator, BeginAuthenticator())


@post(
    f"{_PATH}/confirmation",
    opt={ROLES: Identity.confirm_authenticator.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Confirmer l'application par son premier code",
)
async def confirm_authenticator(request: ApiRequest, data: OneTimeCodeBody) -> AuthenticatorStatus:
    """Confirm with a first code: the app's codes are then accepted with the password; the holder is notified."""
    return await request.call(Identity.confirm_authenticator, ConfirmAuthenticator(code=data.code))


@delete(
    _PATH,
    opt={ROLES: Identity.remove_authenticator.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Retirer l'application d'authentification",
)
async def remove_authenticator(request: ApiRequest) -> AuthenticatorStatus:
    """Remove the app; allowed within five minutes of a login; the holder is notified."""
    return await request.call(Identity.remove_authenticator, RemoveAuthenticator())


ROUTES = [show_authenticator, begin_authenticator, confirm_authenticator, remove_authenticator]
