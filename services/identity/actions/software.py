"""Homologated business software as the operator sees it, shuts it out and lets it in again."""

from datetime import datetime

from chassis.news import News
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import SoftwareNotFound
from contracts.identity import Software, SoftwareList, SuspendSoftware
from contracts.vocabulary import PLATFORM, Act
from services.identity.store import IdentityStore


def list_software(store: IdentityStore) -> SoftwareList:
    """All of it."""
    return SoftwareList(software=tuple(store.all_software()))


def suspend_software(
    message: SuspendSoftware, actor: Actor, *, now: datetime, store: IdentityStore, news: News
) -> Software:
    """Shut a software out and end the sessions of who works with it, or let it in again; raises SoftwareNotFound."""
    software = store.suspend_software(message.number, now if message.suspended else None)
    if software is None:
        raise SoftwareNotFound
    if message.suspended:
        store.end_sessions_with(message.number, now)
    reason = "suspendue" if message.suspended else "referencee"
    news.journal(JournalEntry.by(actor, PLATFORM, Act.SUSPENSION_LOGICIEL, reason=reason, about=message.number))
    return software
