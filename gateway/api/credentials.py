"""Password and contact of a patient's account, and recovery of a forgotten password."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from contracts.identity.api import Identity
from contracts.identity.logins import (
    ChangeContact,
    ChangePassword,
    CodeSent,
    PasswordChanged,
    PresentCode,
    ShowContact,
)
from contracts.identity.people import Contact, Token
from contracts.identity.recovery import FinishRecovery, MeansOfAccess, RecoverAccount, ReviewRecovery
from gateway.api.accounts import OneTimeCodeBody
from gateway.api.parameters import AttemptInPath
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example
from gateway.user_agents import device_of


class CodeAndPassword(msgspec.Struct, frozen=True, kw_only=True):
    """The code the patient received, the new password, and what is kept of what opened the account before."""

    code: str
    password: str
    keep_passkeys: tuple[str, ...] = ()
    keep_authenticator: bool = False
    keep_apps: tuple[UUID, ...] = ()
    remember: bool = False


@put(
    "/me/password",
    opt={ROLES: Identity.change_password.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Changer son mot de passe",
)
async def change_password(
    request: ApiRequest,
    data: Annotated[
        ChangePassword,
        example(current="une phrase longue et facile", password="une autre phrase longue"),  # noqa: S106
    ],
) -> PasswordChanged:
    """Change the password, within five minutes of a login; other sessions are ended, and the holder is notified."""
    return await request.call(Identity.change_password, data)


@get("/me/contact", opt={ROLES: Identity.show_contact.roles}, tags=["Connexion"], summary="Voir ses coordonnées")
async def show_contact(request: ApiRequest) -> Contact:
    """Show the verified e-mail address and mobile number of the caller."""
    return await request.call(Identity.show_contact, ShowContact())


@post(
    "/me/contact",
    opt={ROLES: Identity.change_contact.roles},
    status_code=HTTP_202_ACCEPTED,
    tags=["Connexion"],
    summary="Changer d'adresse ou de numéro",
)
async def change_contact(
    request: ApiRequest, data: Annotated[ChangeContact, example(channel="email", address="camille@example.org")]
) -> CodeSent:
    """Request a change, within five minutes of a login; the code sent to the new address confirms it."""
    return await request.call(Identity.change_contact, data)


@post(
    "/me/contact/{attempt:str}/code",
    opt={ROLES: Identity.confirm_contact.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Confirmer la nouvelle adresse par le code reçu",
)
async def confirm_contact(request: ApiRequest, attempt: AttemptInPath, data: OneTimeCodeBody) -> Contact:
    """Confirm the new address by its code; the old address is notified first."""
    return await request.call(Identity.confirm_contact, PresentCode(attempt=attempt, code=data.code))


@post(
    "/accounts/recovery",
    opt={ROLES: PUBLIC},
    status_code=HTTP_202_ACCEPTED,
    tags=["Connexion"],
    summary="Mot de passe oublié : carte Vitale",
)
async def recover_account(
    request: ApiRequest, data: Annotated[RecoverAccount, example(proof="eyJhbGciOiJF...", channel="sms")]
) -> CodeSent:
    """Start recovery with a carte Vitale; a code is sent to an address that was verified before."""
    return await request.call(Identity.recover_account, data)


@post(
    "/accounts/recovery/{attempt:str}/means",
    opt={ROLES: PUBLIC},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Mot de passe oublié : voir ce qui ouvre le compte",
)
async def review_recovery(request: ApiRequest, attempt: AttemptInPath, data: OneTimeCodeBody) -> MeansOfAccess:
    """List what opens the account, for its holder to say what is kept; the code stays good, and this is one try."""
    return await request.call(Identity.review_recovery, ReviewRecovery(attempt=attempt, code=data.code))


@post(
    "/accounts/recovery/{attempt:str}/code",
    opt={ROLES: PUBLIC},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Mot de passe oublié : code reçu et nouveau mot de passe",
)
async def finish_recovery(
    request: ApiRequest,
    attempt: AttemptInPath,
    data: Annotated[
        CodeAndPassword,
        example(code="493027", password="une autre phrase longue"),  # noqa: S106
    ],
) -> Token:
    """Set the new password; every session but the new one is ended, and the holder is notified.

    Passkeys, authenticator and apps' grants are removed, unless they are named here. Show them first.
    """
    device = device_of(request.headers.get("user-agent", ""))
    message = FinishRecovery(
        attempt=attempt,
        code=data.code,
        password=data.password,
        device=device,
        keep_passkeys=data.keep_passkeys,
        keep_authenticator=data.keep_authenticator,
        keep_apps=data.keep_apps,
        remember=data.remember,
    )
    return await request.call(Identity.finish_recovery, message)


PUBLIC_ROUTES = [recover_account, review_recovery, finish_recovery]
ROUTES = [change_password, show_contact, change_contact, confirm_contact]
