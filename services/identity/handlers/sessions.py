"""Sessions: listed and ended by their holder, ended by the operator; ended ones are given to every process."""

from uuid import UUID

from chassis.handlers import handles
from contracts.audit import JournalEntry
from contracts.errors import InvalidRequest
from contracts.identity import (
    EndedSessions,
    EndSessions,
    EndUserSessions,
    Identity,
    ListEndedSessions,
    ListSessions,
    Sessions,
    SessionsEnded,
)
from contracts.vocabulary import PLATFORM, Act, Outcome, PatientId, Role
from services.identity.account_holders import caller_id
from services.identity.context import IdentityContext
from services.identity.ended_sessions import sessions_ended_since


@handles(Identity.list_sessions, reading=True)
def list_sessions(ctx: IdentityContext, _request: ListSessions) -> Sessions:
    """The caller's sessions that last, the newest first."""
    sessions = ctx.database.repositories.sessions_of(ctx.actor.role, ctx.actor.subject, ctx.now)
    return Sessions(sessions=tuple(sessions), current=ctx.actor.session)


@handles(Identity.end_sessions)
def end_sessions(ctx: IdentityContext, request: EndSessions) -> SessionsEnded:
    """End one of the caller's own sessions, or all others; of a session that is not theirs, or over, nothing ends."""
    actor = ctx.actor
    count = ctx.database.repositories.end_sessions(
        actor.role, actor.subject, ctx.now, only=request.session_id, but=actor.session
    )
    if count:
        about = caller_id(ctx) if actor.role is Role.PATIENT else PLATFORM
        ctx.events.journal(JournalEntry.by(actor, about, Act.FIN_SESSION, outcome=Outcome.ALLOWED, reason="session"))
    return SessionsEnded(count=count)


@handles(Identity.end_sessions_of)
def end_sessions_of(ctx: IdentityContext, request: EndUserSessions) -> SessionsEnded:
    """The operator ends all sessions of somebody whose card or phone is in the wrong hands; raises InvalidRequest."""
    count = ctx.database.repositories.end_sessions(request.role, request.subject, ctx.now)
    about = request.subject if request.role is Role.PROFESSIONAL else ""
    patient_id = PLATFORM
    if request.role is Role.PATIENT:
        try:
            patient_id = PatientId(UUID(request.subject))
        except ValueError:
            raise InvalidRequest(field="subject") from None
    ctx.events.journal(JournalEntry.by(ctx.actor, patient_id, Act.FIN_SESSION, reason="operateur", about=about))
    return SessionsEnded(count=count)


@handles(Identity.ended_sessions, reading=True)
def ended_sessions(ctx: IdentityContext, request: ListEndedSessions) -> EndedSessions:
    """For every process that checks tokens."""
    return EndedSessions(sessions=sessions_ended_since(ctx, request))
