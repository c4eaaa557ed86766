"""Patients acting on their own accounts: who acts, and the checks that come before a change."""

from datetime import datetime
from uuid import UUID

from contracts.envelope import Actor
from contracts.errors.request import AccountLocked, LoginTooOld, TokenInvalid
from contracts.vocabulary import PatientId, Role
from services.identity import domain
from services.identity.context import IdentityContext


def patient_actor(patient_id: PatientId) -> Actor:
    """A patient acting as themself."""
    return Actor(role=Role.PATIENT, subject=str(patient_id))


def caller_id(ctx: IdentityContext) -> PatientId:
    """The patient id of the caller, who is a patient."""
    return PatientId(UUID(ctx.actor.subject))


def identify(ctx: IdentityContext, holder: PatientId) -> None:
    """It is known from here on who acts, if the call did not say it: the holder of this account."""
    if ctx.access.actor.role is Role.SERVICE:
        ctx.access.actor, ctx.access.patient_id = patient_actor(holder), holder


def check_recent_login(ctx: IdentityContext) -> PatientId:
    """The caller's patient id, if their session began at most five minutes ago.

    Raises:
        LoginTooOld.
    """
    actor = ctx.actor
    sessions = ctx.database.repositories.sessions_of(actor.role, actor.subject, ctx.now)
    started = next((session.started_at for session in sessions if str(session.session_id) == actor.session), None)
    if started is None or ctx.now - started > domain.FRESH_LOGIN:
        raise LoginTooOld
    return caller_id(ctx)


def check_session(ctx: IdentityContext) -> None:
    """Refuse a caller whose session has just ended: what outlives a session is not begun in the seconds until then.

    Raises:
        TokenInvalid.
    """
    if not ctx.database.repositories.is_session(UUID(ctx.actor.session), ctx.now):
        raise TokenInvalid


def check_unlocked(locked_at: datetime | None) -> None:
    """Refuse a locked account; called only once the caller has proven that it is theirs, for nobody else learns it.

    Raises:
        AccountLocked.
    """
    if locked_at is not None:
        raise AccountLocked(since=f"{locked_at:%Y-%m-%d}")
