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
from services.identity.account_holders import caller_id
from services.identity.context import IdentityContext
from services.identity.ended_sessions import sessions_ended_since


@handles(Identity.list_sessions, access=unjournalled(NoEntry.OWN, NoQuestion.OWN), reading=True)
def list_sessions(ctx: IdentityContext, _request: ListSessions) -> Sessions:
    """The caller's sessions that last, the newest first, and a patient's known devices."""
    repositories, actor = ctx.database.repositories, ctx.actor
    sessions = repositories.sessions_of(actor.role, actor.subject, ctx.now)
    devices = repositories.devices_of(caller_id(ctx)) if actor.role is Role.PATIENT else ()
    return Sessions(sessions=tuple(sessions), current=actor.session, devices=tuple(devices))


@handles(Identity.end_sessions, access=unasked(NoQuestion.OWN, Act.FIN_SESSION))
def end_sessions(ctx: IdentityContext, request: EndSessions) -> SessionsEnded:
    """End one of the caller's own sessions, or all others; of a session that is not theirs, or over, nothing ends.

    With all others every known device is forgotten; or one of them is, and no session ends.
    """
    actor, repositories = ctx.actor, ctx.database.repositories
    ctx.access.reason = "session"
    if actor.role is Role.PATIENT and request.session_id is None:
        repositories.forget_devices(caller_id(ctx), only=request.device_id)
    if request.device_id is not None:
        return SessionsEnded(count=0)
    count = repositories.end_sessions(actor.role, actor.subject, ctx.now, only=request.session_id, but=actor.session)
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
