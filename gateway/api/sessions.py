"""A patient's login (identifier and password, then a one-time code), and the caller's sessions."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from contracts.identity.api import Identity
from contracts.identity.logins import (
    CodeSent,
    EndSessions,
    ListSessions,
    PresentCode,
    Sessions,
    SessionsEnded,
    StartLogin,
)
from contracts.identity.people import Token
from gateway.api.accounts import LoginCodeBody
from gateway.api.parameters import AttemptInPath
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import example
from gateway.peer import client_address
from gateway.user_agents import device_of


@post(
    "/sessions",
    opt={ROLES: PUBLIC},
    status_code=HTTP_202_ACCEPTED,
    tags=["Connexion"],
    summary="Se connecter : identifiant et mot de passe",
)
async def start_login(
    request: ApiRequest,
    data: Annotated[
        StartLogin,
        example(
            identifier="camille.martin",
            password="une phrase longue et facile",  # noqa: S106
            channel="email",
        ),
    ],
) -> CodeSent:
    """Start a login; the response is the same whether or not identifier and password are right.

    A text message can be intercepted by taking over the line or its SIM card, an e-mail by reading the mailbox.
    Offer a passkey or an authenticator app (`send`: false) first, and warn users about the risk.
    """
    return await request.call(Identity.start_login, msgspec.structs.replace(data, origin=client_address(request)))


@post(
    "/sessions/{attempt:str}/code",
    opt={ROLES: PUBLIC},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Se connecter : code reçu",
)
async def finish_login(request: ApiRequest, attempt: AttemptInPath, data: LoginCodeBody) -> Token:
    """Exchange the code for an access token; a known device (`remember`) is not delayed by others' failures."""
    device = device_of(request.headers.get("user-agent", ""))
    message = PresentCode(
        attempt=attempt,
        code=data.code,
        device=device,
        origin=client_address(request),
        remember=data.remember,
        letter=data.letter,
    )
    return await request.call(Identity.finish_login, message)


@get("/me/sessions", opt={ROLES: Identity.list_sessions.roles}, tags=["Connexion"], summary="Voir ses sessions")
async def list_sessions(request: ApiRequest) -> Sessions:
    """List the caller's sessions with their devices, newest first."""
    return await request.call(Identity.list_sessions, ListSessions())


@delete(
    "/me/sessions/{session_id:uuid}",
    opt={ROLES: Identity.end_sessions.roles},
    tags=["Connexion"],
    summary="Mettre fin à une session",
)
async def end_session(
    request: ApiRequest,
    session_id: Annotated[UUID, PathParameter(description="La session · The session")],
) -> None:
    """End a session, the current one or another; its token is refused everywhere within five seconds."""
    await request.call(Identity.end_sessions, EndSessions(session_id=session_id))


@delete(
    "/me/sessions",
    opt={ROLES: Identity.end_sessions.roles},
    status_code=HTTP_200_OK,
    tags=["Connexion"],
    summary="Mettre fin à toutes les autres sessions",
)
async def end_other_sessions(request: ApiRequest) -> SessionsEnded:
    """End every session of the caller but the current one, and forget every known device; returns how many ended."""
    return await request.call(Identity.end_sessions, EndSessions())


@delete(
    "/me/devices/{device_id:uuid}",
    opt={ROLES: Identity.end_sessions.roles},
    tags=["Connexion"],
    summary="Oublier un appareil",
)
async def forget_device(
    request: ApiRequest,
    device_id: Annotated[UUID, PathParameter(description="L'appareil · The device")],
) -> None:
    """Forget a known device of the caller; its later logins count with those of strangers."""
    await request.call(Identity.end_sessions, EndSessions(device_id=device_id))


ROUTES = [list_sessions, end_session, end_other_sessions, forget_device]
PUBLIC_ROUTES = [start_login, finish_login]
