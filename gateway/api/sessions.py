"""A patient's login: identifier and password, then a one-time code."""

from typing import Annotated

from litestar import post
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from contracts.identity import CodeSent, Identity, PresentCode, StartLogin, Token
from gateway.api.accounts import OneTimeCodeBody
from gateway.api.parameters import AttemptInPath
from gateway.clients import Caller
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example


@post(
    "/sessions",
    opt={ROLES: PUBLIC},
    status_code=HTTP_202_ACCEPTED,
    tags=["Connexion"],
    summary="Se connecter : identifiant et mot de passe",
)
async def start_login(
    request: Caller,
    data: Annotated[
        StartLogin,
        example(
            identifier="camille.martin",
            password="une phrase longue et facile",  # noqa: S106
            channel="email",
        ),
    ],
) -> CodeSent:
    """Start a login; the answer is the same whether or not identifier and password are right."""
    return await request.ask(Identity.start_login, data)


@post(
    "/sessions/{attempt:str}/code",
    opt={ROLES: PUBLIC},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Se connecter : code reçu",
)
async def finish_login(request: Caller, attempt: AttemptInPath, data: OneTimeCodeBody) -> Token:
    """Present the code for an access token."""
    return await request.ask(Identity.finish_login, PresentCode(attempt=attempt, code=data.code))


PUBLIC_ROUTES = [start_login, finish_login]
