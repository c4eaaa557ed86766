"""Activation of a patient's account: a carte Vitale proves the identity, a one-time code the contact address."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from contracts.identity.api import Identity
from contracts.identity.logins import AccountConfirmed, ActivateAccount, CodeSent, ConfirmInPerson, PresentCode
from contracts.identity.people import Token
from contracts.vocabulary import PatientId
from gateway.api.parameters import AttemptInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example
from gateway.user_agents import device_of


class OneTimeCode(msgspec.Struct, frozen=True, kw_only=True):
    """The code the patient received."""

    code: str


class LoginCode(OneTimeCode, frozen=True, kw_only=True):
    """The code the patient received; `remember`: return a token by which this device is known at later logins.

    `letter`: the code of the letter, at the first login of an account that waits for it.
    """

    remember: bool = False
    letter: str = ""


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
    """Confirm with the code: the account becomes active and its holder is logged in.

    If `pending` is true, it waits for the code of a letter, or for an agent, and there is no access token.
    """
    device = device_of(request.headers.get("user-agent", ""))
    message = PresentCode(attempt=attempt, code=data.code, device=device, remember=data.remember)
    return await request.call(Identity.confirm_account, message)


@post(
    "/dmp/records/{patient_id:uuid}/account/confirmation",
    opt={ROLES: Identity.confirm_in_person.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Confirmer un compte en face à face",
)
async def confirm_in_person(request: ApiRequest, patient_id: PatientInPath) -> AccountConfirmed:
    """Open a pending account once an agent has verified, face to face, who its holder is; they are notified."""
    return await request.call(Identity.confirm_in_person, ConfirmInPerson(patient_id=PatientId(patient_id)))


ROUTES = [confirm_in_person]
PUBLIC_ROUTES = [activate_account, confirm_account]
