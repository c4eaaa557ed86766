"""Locking of accounts and ending of sessions by the operator, for people who cannot do it themselves."""

from typing import Annotated

import msgspec
from litestar import post, put
from litestar.params import PathParameter
from litestar.status_codes import HTTP_200_OK

from contracts.identity.api import Identity
from contracts.identity.logins import AccountLock, EndUserSessions, LockAccount, SessionsEnded
from contracts.identity.suspensions import ProfessionalAccess, SuspendProfessional, SuspensionCause
from contracts.vocabulary import PatientId, Rpps
from gateway.api.parameters import PatientInPath, RppsInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

CauseInPath = Annotated[SuspensionCause, PathParameter(description="Le motif · The cause")]


class AccessSuspension(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a professional is suspended on this cause."""

    suspended: bool


@post(
    "/operator/sessions/ending",
    opt={ROLES: Identity.end_sessions_of.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Mettre fin à toutes les sessions de quelqu'un",
)
async def end_sessions_of(
    request: ApiRequest, data: Annotated[EndUserSessions, example(role="professional", subject="10100000001")]
) -> SessionsEnded:
    """End every session of a professional or a patient; their tokens are refused everywhere within five seconds."""
    return await request.call(Identity.end_sessions_of, data)


@put(
    "/operator/professionals/{rpps:str}/suspensions/{cause:str}",
    opt={ROLES: Identity.suspend_professional.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Suspendre l'accès d'un professionnel, ou le rétablir",
)
async def suspend_professional(
    request: ApiRequest,
    rpps: RppsInPath,
    cause: CauseInPath,
    data: Annotated[AccessSuspension, example(suspended=True)],
) -> ProfessionalAccess:
    """Suspend a professional and end their sessions, at once by one operator, or lift this cause, by two."""
    message = SuspendProfessional(rpps=Rpps(rpps), cause=cause, suspended=data.suspended)
    return await request.call(Identity.suspend_professional, message)


class AccountLocking(msgspec.Struct, frozen=True, kw_only=True):
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
    request: ApiRequest, patient_id: PatientInPath, data: Annotated[AccountLocking, example(locked=True)]
) -> AccountLock:
    """Lock a patient's account and end its sessions, or unlock it; the record does not change."""
    message = LockAccount(patient_id=PatientId(patient_id), locked=data.locked)
    return await request.call(Identity.lock_account, message)


ROUTES = [end_sessions_of, suspend_professional, lock_account]
