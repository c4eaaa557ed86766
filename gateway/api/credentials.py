"""What a patient changes of their account (password, contact), and the way back in when the password is forgotten."""

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from contracts.identity import (
    ChangeContact,
    ChangePassword,
    CodeSent,
    Contact,
    FinishRecovery,
    Identity,
    PasswordChanged,
    PresentCode,
    RecoverAccount,
    ShowContact,
    Token,
)
from gateway.api.accounts import OneTimeCodeBody
from gateway.api.parameters import AttemptInPath
from gateway.clients import Caller
from gateway.devices import device_of
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example


class CodeAndPassword(msgspec.Struct, frozen=True, kw_only=True):
    """The code as it was received, and the new password."""

    code: str
    password: str


@put(
    "/me/password",
    opt={ROLES: Identity.change_password.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Changer son mot de passe",
)
async def change_password(
    request: Caller,
    data: Annotated[
        ChangePassword,
        example(current="une phrase longue et facile", password="une autre phrase longue"),  # noqa: S106
    ],
) -> PasswordChanged:
    """Within five minutes of a login; every other session is ended, and the holder is told."""
    return await request.ask(Identity.change_password, data)


@get("/me/contact", opt={ROLES: Identity.show_contact.roles}, tags=["Connexion"], summary="Voir ses coordonnées")
async def show_contact(request: Caller) -> Contact:
    """The verified address and number of the caller."""
    return await request.ask(Identity.show_contact, ShowContact())


@post(
    "/me/contact",
    opt={ROLES: Identity.change_contact.roles},
    status_code=HTTP_202_ACCEPTED,
    tags=["Connexion"],
    summary="Changer d'adresse ou de numéro",
)
async def change_contact(
    request: Caller, data: Annotated[ChangeContact, example(channel="email", address="camille@example.org")]
) -> CodeSent:
    """Within five minutes of a login; a code is sent to the new address, nothing is changed yet."""
    return await request.ask(Identity.change_contact, data)


@post(
    "/me/contact/{attempt:str}/code",
    opt={ROLES: Identity.confirm_contact.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Confirmer la nouvelle adresse par le code reçu",
)
async def confirm_contact(request: Caller, attempt: AttemptInPath, data: OneTimeCodeBody) -> Contact:
    """The old address is told, then the new one is the account's."""
    return await request.ask(Identity.confirm_contact, PresentCode(attempt=attempt, code=data.code))


@post(
    "/accounts/recovery",
    opt={ROLES: PUBLIC},
    status_code=HTTP_202_ACCEPTED,
    tags=["Connexion"],
    summary="Mot de passe oublié : carte Vitale",
)
async def recover_account(
    request: Caller, data: Annotated[RecoverAccount, example(proof="eyJhbGciOiJF...", channel="sms")]
) -> CodeSent:
    """Show the carte Vitale; a code is sent to an address that was verified before."""
    return await request.ask(Identity.recover_account, data)


@post(
    "/accounts/recovery/{attempt:str}/code",
    opt={ROLES: PUBLIC},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Mot de passe oublié : code reçu et nouveau mot de passe",
)
async def finish_recovery(
    request: Caller,
    attempt: AttemptInPath,
    data: Annotated[
        CodeAndPassword,
        example(code="493027", password="une autre phrase longue"),  # noqa: S106
    ],
) -> Token:
    """Set the new password: every session is ended but the one that begins here, and the holder is told."""
    device = device_of(request.headers.get("user-agent", ""))
    question = FinishRecovery(attempt=attempt, code=data.code, password=data.password, device=device)
    return await request.ask(Identity.finish_recovery, question)


PUBLIC_ROUTES = [recover_account, finish_recovery]
ROUTES = [change_password, show_contact, change_contact, confirm_contact]
