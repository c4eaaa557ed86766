"""Activation of a patient's account: a carte Vitale proves the identity, a one-time code the contact address."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.status_codes import HTTP_202_ACCEPTED

from contracts.identity.api import Identity
from contracts.identity.logins import ActivateAccount, CodeSent, PresentCode
from contracts.identity.people import Token
from gateway.api.parameters import AttemptInPath
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example
from gateway.user_agents import device_of


class OneTimeCode(msgspec.Struct, frozen=True, kw_only=True):
    """The code the patient received."""

    code: str


class LoginCode(OneTimeCode, frozen=True, kw_only=True):
    """The code the patient received; `remember`: return a token by which this device is known at later logins."""

    remember: bool = False


LoginCodeBody = Annotated[LoginCode, example(code="493027")]
OneTimeCodeBody = Annotated[OneTimeCode, example(code="493027")]


@post(
    "/accounts",
    opt={ROLES: PUBLIC},
    status_code=HTTP_202_ACCEPTED,
    tags=["Connexion"],
    summary="Activer un compte de patient",
)
async def activate_account(
    request: ApiRequest,
    data: Annotated[
        ActivateAccount,
        example(
            proof="eyJhbGciOiJF...",
            identifier="camille.martin",
            password="une phrase longue et facile",  # noqa: S106
            email="camille@example.org",
            mobile="+33612345678",
            channel="sms",
        ),
    ],
) -> CodeSent:
    """Start the activation of an account with a carte Vitale; a one-time code is sent to the contact address."""
    return await request.call(Identity.activate_account, data)


@post(
    "/accounts/{attempt:str}/code",
    opt={ROLES: PUBLIC},
    tags=["Connexion"],
    summary="Confirmer un compte par le code reçu",
)
async def confirm_account(request: ApiRequest, attempt: AttemptInPath, data: LoginCodeBody) -> Token:
    """Confirm with the code: the account becomes active and its holder is logged in."""
    device = device_of(request.headers.get("user-agent", ""))
    message = PresentCode(attempt=attempt, code=data.code, device=device, remember=data.remember)
    return await request.call(Identity.confirm_account, message)


PUBLIC_ROUTES = [activate_account, confirm_account]
