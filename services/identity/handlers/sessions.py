"""Where somebody is logged in, as they see it, and ending it from afar."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.pending_events import PendingEvents
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import InvalidRequest, LoginTooOld
from contracts.identity import EndedSession, EndedSince, EndSessions, EndSessionsOf, Sessions, SessionsEnded
from contracts.vocabulary import PLATFORM, Act, Outcome, PatientId, Role
from services.identity import domain
from services.identity.repositories import Database, IdentityRepositories


def list_sessions(actor: Actor, repositories: IdentityRepositories, now: datetime) -> Sessions:
    """The caller's sessions that last, the newest first."""
    found = repositories.sessions_of(actor.role, actor.subject, now)
    return Sessions(sessions=tuple(found), current=actor.session)


def end_sessions(
    message: EndSessions, actor: Actor, repositories: IdentityRepositories, events: PendingEvents, now: datetime
) -> SessionsEnded:
    """End one of the caller's own sessions, or all others; what is not theirs, or over, is none of them."""
    count = repositories.end_sessions(actor.role, actor.subject, now, only=message.session_id, but=actor.session)
    if count:
        about = PatientId(UUID(actor.subject)) if actor.role is Role.PATIENT else PLATFORM
        events.journal(JournalEntry.by(actor, about, Act.FIN_SESSION, outcome=Outcome.ALLOWED, reason="session"))
    return SessionsEnded(count=count)


def end_sessions_of(
    message: EndSessionsOf, actor: Actor, repositories: IdentityRepositories, events: PendingEvents, now: datetime
) -> SessionsEnded:
    """The operator ends every session of somebody whose card or telephone is in the wrong hands."""
    count = repositories.end_sessions(message.role, message.subject, now)
    about = message.subject if message.role is Role.PROFESSIONAL else ""
    whose = PLATFORM
    if message.role is Role.PATIENT:
        try:
            whose = PatientId(UUID(message.subject))
        except ValueError:
            raise InvalidRequest(field="subject") from None
    events.journal(JournalEntry.by(actor, whose, Act.FIN_SESSION, reason="operateur", about=about))
    return SessionsEnded(count=count)


def ended_since(message: EndedSince, repositories: IdentityRepositories, now: datetime) -> tuple[EndedSession, ...]:
    """What was ended in the last so many seconds and could still be shown."""
    return tuple(repositories.ended_since(now - timedelta(seconds=message.seconds), now))


def just_logged_in(actor: Actor, database: Database, now: datetime) -> PatientId:
    """Whoever changes how an account is opened has logged in just now.

    Raises:
        LoginTooOld.
    """
    mine = database.repositories.sessions_of(actor.role, actor.subject, now)
    started = next((one.started_at for one in mine if str(one.session_id) == actor.session), None)
    if started is None or now - started > domain.FRESH_LOGIN:
        raise LoginTooOld
    return PatientId(UUID(actor.subject))
