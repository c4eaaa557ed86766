"""Homologated business software as the operator sees it, bounds it, shuts it out and lets it in again."""

from datetime import datetime

from chassis.pending_events import PendingEvents
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import InvalidRequest, SoftwareNotFound
from contracts.identity import SetQuota, Software, SoftwareList, SuspendSoftware
from contracts.vocabulary import PLATFORM, Act
from services.identity.repositories import IdentityRepositories

_MOST_A_MINUTE = 1_000_000


def list_software(repositories: IdentityRepositories) -> SoftwareList:
    """All of it."""
    return SoftwareList(software=tuple(repositories.all_software()))


def suspend_software(
    message: SuspendSoftware,
    actor: Actor,
    *,
    now: datetime,
    repositories: IdentityRepositories,
    events: PendingEvents,
) -> Software:
    """Shut a software out and end the sessions of who works with it, or let it in again; raises SoftwareNotFound."""
    software = repositories.suspend_software(message.number, now if message.suspended else None)
    if software is None:
        raise SoftwareNotFound
    if message.suspended:
        repositories.end_sessions_with(message.number, now)
    reason = "suspendue" if message.suspended else "referencee"
    events.journal(JournalEntry.by(actor, PLATFORM, Act.SUSPENSION_LOGICIEL, reason=reason, about=message.number))
    return software


def set_quota(
    message: SetQuota, actor: Actor, *, repositories: IdentityRepositories, events: PendingEvents
) -> Software:
    """Bound what one structure asks by way of a software; raises SoftwareNotFound, InvalidRequest."""
    if not 0 <= message.quota <= _MOST_A_MINUTE:
        raise InvalidRequest(field="quota")
    software = repositories.set_quota(message.number, message.quota)
    if software is None:
        raise SoftwareNotFound
    about = message.number
    events.journal(JournalEntry.by(actor, PLATFORM, Act.QUOTA_LOGICIEL, reason="operateur", about=about))
    return software
