"""Sessions: listed and ended by their holder, ended by the operator; ended ones are given to every process."""

from uuid import UUID

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.request import InvalidRequest
from contracts.identity.api import Identity
from contracts.identity.logins import (
    EndedSessions,
    EndSessions,
    EndUserSessions,
    ListEndedSessions,
    ListSessions,
    Sessions,
    SessionsEnded,
)
from contracts.vocabulary import Act, PatientId, Role
from services.identity.context import IdentityContext
from services.identity.ended_sessions import sessions_ended_since


@handles(Identity.list_sessions, access=unjournalled(NoEntry.OWN, NoQuestion.OWN), reading=True)
def list_sessions(ctx: IdentityContext, _request: ListSessions) -> Sessions:
    """The caller's sessions that last, the newest first."""
    sessions = ctx.database.repositories.sessions_of(ctx.actor.role, ctx.actor.subject, ctx.now)
    return Sessions(sessions=tuple(sessions), current=ctx.actor.session)


@handles(Identity.end_sessions, access=unasked(NoQuestion.OWN, Act.FIN_SESSION))
def end_sessions(ctx: IdentityContext, request: EndSessions) -> SessionsEnded:
    """End one of the caller's own sessions, or all others; of a session that is not theirs, or over, nothing ends."""
    actor = ctx.actor
    count = ctx.database.repositories.end_sessions(
        actor.role, actor.subject, ctx.now, only=request.session_id, but=actor.session
    )
    ctx.access.reason = "session"
    return SessionsEnded(count=count)


@handles(Identity.end_sessions_of, access=unasked(NoQuestion.OPERATOR, Act.FIN_SESSION))
def end_sessions_of(ctx: IdentityContext, request: EndUserSessions) -> SessionsEnded:
    """The operator ends all sessions of somebody whose card or phone is in the wrong hands; raises InvalidRequest."""
    count = ctx.database.repositories.end_sessions(request.role, request.subject, ctx.now)
    ctx.access.reason = "operateur"
    ctx.access.about = request.subject if request.role is Role.PROFESSIONAL else ""
    if request.role is Role.PATIENT:
        try:
            ctx.access.patient_id = PatientId(UUID(request.subject))
        except ValueError:
            raise InvalidRequest(field="subject") from None
    return SessionsEnded(count=count)


@handles(Identity.ended_sessions, access=unjournalled(NoEntry.UPKEEP, NoQuestion.SERVICE), reading=True)
def ended_sessions(ctx: IdentityContext, request: ListEndedSessions) -> EndedSessions:
    """For every process that checks tokens."""
    return EndedSessions(sessions=sessions_ended_since(ctx, request))
