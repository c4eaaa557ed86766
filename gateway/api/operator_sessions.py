"""Sessions as the operator ends them, for whoever cannot any more."""

from typing import Annotated

from litestar import post
from litestar.status_codes import HTTP_200_OK

from contracts.identity import EndSessionsOf, Identity, SessionsEnded
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


@post(
    "/operator/sessions/ending",
    opt={ROLES: Identity.end_sessions_of.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Mettre fin à toutes les sessions de quelqu'un",
)
async def end_sessions_of(
    request: Caller, data: Annotated[EndSessionsOf, example(role="professional", subject="10100000001")]
) -> SessionsEnded:
    """End every session of a professional or a patient; refused everywhere within five seconds."""
    return await request.ask(Identity.end_sessions_of, data)


ROUTES = [end_sessions_of]
