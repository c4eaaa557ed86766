"""Patients acting on their own accounts: their actor and journal lines, and the checks that come before a change."""

from datetime import datetime
from uuid import UUID

from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import AccountLocked, LoginTooOld
from contracts.identity import AuthenticatorChanged
from contracts.vocabulary import Act, Outcome, PatientId, Role
from services.identity import domain
from services.identity.context import IdentityContext


def patient_actor(patient_id: PatientId) -> Actor:
    """A patient acting as themself."""
    return Actor(role=Role.PATIENT, subject=str(patient_id))


def caller_id(ctx: IdentityContext) -> PatientId:
    """The patient id of the caller, who is a patient."""
    return PatientId(UUID(ctx.actor.subject))


def journal_own_act(ctx: IdentityContext, patient_id: PatientId, act: Act, outcome: Outcome, reason: str) -> None:
    """Journal what a patient did as themself."""
    ctx.events.journal(JournalEntry.by(patient_actor(patient_id), patient_id, act, outcome=outcome, reason=reason))


def announce_authenticator_change(ctx: IdentityContext, patient_id: PatientId, reason: str) -> None:
    """Publish and journal that a passkey or an authenticator app was added or removed."""
    ctx.events.publish(AuthenticatorChanged(patient_id=patient_id))
    journal_own_act(ctx, patient_id, Act.MOYEN_CONNEXION, Outcome.ALLOWED, reason)


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


def check_unlocked(ctx: IdentityContext, holder: PatientId, act: Act, locked_at: datetime | None) -> None:
    """Refuse a locked account; called only once the caller has proven that it is theirs, for nobody else learns it.

    Raises:
        AccountLocked: journalled.
    """
    if locked_at is not None:
        journal_own_act(ctx, holder, act, Outcome.REFUSED, AccountLocked.code)
        raise AccountLocked(since=f"{locked_at:%Y-%m-%d}")
