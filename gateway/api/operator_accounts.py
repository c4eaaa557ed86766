"""Accounts and sessions as the operator locks, opens and ends them, for whoever cannot any more."""

from typing import Annotated

import msgspec
from litestar import post, put
from litestar.status_codes import HTTP_200_OK

from contracts.identity import AccountLock, EndSessionsOf, Identity, LockAccount, SessionsEnded
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
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


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an account is locked."""

    locked: bool


@put(
    "/operator/records/{patient_id:uuid}/account/lock",
    opt={ROLES: Identity.lock_account.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Verrouiller le compte d'un patient, ou le rouvrir",
)
async def lock_account(
    request: Caller, patient_id: PatientInPath, data: Annotated[Lock, example(locked=True)]
) -> AccountLock:
    """Lock a patient's account and end its sessions, or open it again; the record itself stays as it is."""
    question = LockAccount(patient_id=PatientId(patient_id), locked=data.locked)
    return await request.ask(Identity.lock_account, question)


ROUTES = [end_sessions_of, lock_account]
