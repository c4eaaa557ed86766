"""A patient's login (identifier and password, then a one-time code), and the sessions of whoever is logged in."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from contracts.identity import (
    CodeSent,
    EndSessions,
    Identity,
    ListSessions,
    PresentCode,
    Sessions,
    SessionsEnded,
    StartLogin,
    Token,
)
from gateway.api.accounts import OneTimeCodeBody
from gateway.api.parameters import AttemptInPath
from gateway.clients import Caller
from gateway.devices import device_of
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example
from gateway.origin import address_of


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
    """Start a login; the answer is the same whether or not identifier and password are right.

    A text message can be diverted by whoever takes over the line or its SIM card, an e-mail by whoever reads the
    mailbox. Offer a passkey or an authenticator app (`send`: false) first, and say so.
    """
    return await request.ask(Identity.start_login, msgspec.structs.replace(data, origin=address_of(request)))


@post(
    "/sessions/{attempt:str}/code",
    opt={ROLES: PUBLIC},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Se connecter : code reçu",
)
async def finish_login(request: Caller, attempt: AttemptInPath, data: OneTimeCodeBody) -> Token:
    """Present the code for an access token."""
    device = device_of(request.headers.get("user-agent", ""))
    question = PresentCode(attempt=attempt, code=data.code, device=device, origin=address_of(request))
    return await request.ask(Identity.finish_login, question)


@get("/me/sessions", opt={ROLES: Identity.list_sessions.roles}, tags=["Connexion"], summary="Voir ses sessions")
async def list_sessions(request: Caller) -> Sessions:
    """Where the caller is logged in, and by what; the newest first."""
    return await request.ask(Identity.list_sessions, ListSessions())


@delete(
    "/me/sessions/{session_id:uuid}",
    opt={ROLES: Identity.end_sessions.roles},
    tags=["Connexion"],
    summary="Mettre fin à une session",
)
async def end_session(
    request: Caller,
    session_id: Annotated[UUID, PathParameter(description="La session · The session")],
) -> None:
    """End a session, this one or another; within five seconds its token is refused everywhere."""
    await request.ask(Identity.end_sessions, EndSessions(session_id=session_id))


@delete(
    "/me/sessions",
    opt={ROLES: Identity.end_sessions.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Mettre fin à toutes les autres sessions",
)
async def end_other_sessions(request: Caller) -> SessionsEnded:
    """End every session of the caller but this one; how many there were."""
    return await request.ask(Identity.end_sessions, EndSessions())


ROUTES = [list_sessions, end_session, end_other_sessions]
PUBLIC_ROUTES = [start_login, finish_login]
