"""Which service calls which, and which events each consumes: the source of queues, checks and tests."""

from contracts.api import Api
from contracts.audit import Audit, JournalEntry
from contracts.consent.api import Consent
from contracts.consent.events import AppRevoked, RepresentationEnded
from contracts.envelope import Event
from contracts.identity.api import Identity
from contracts.identity.events import (
    AppAccessEnded,
    AppListed,
    AppSuspended,
    DeathReportUndone,
    InsChanged,
    PersonDied,
    PersonsJoined,
    PersonsSeparated,
)
from contracts.notify import NOTIFIED_EVENTS, Notify
from contracts.records.api import Records
from contracts.records.events import ContentAbandoned, DocumentDeposited, DocumentPurged, RecordPurged
from contracts.vocabulary import Role

SERVICES = ("identity", "records", "documents", "consent", "notify", "audit")
GATEWAY = "gateway"

APIS: tuple[type[Api], ...] = (Identity, Records, Consent, Notify, Audit)
"""Declarations of all services that have RPC methods."""

CALLS: dict[str, frozenset[str]] = {
    GATEWAY: frozenset({"identity", "records", "consent", "notify", "audit"}),
    "identity": frozenset({"notify", "consent"}),
    "records": frozenset({"identity", "consent"}),
    "documents": frozenset({"records"}),
    "consent": frozenset({"identity", "records"}),
    "notify": frozenset({"identity", "consent"}),
    "audit": frozenset({"consent", "records", "identity"}),
}
"""Caller -> services it may call."""

OPEN_METHODS = frozenset({"identity.ended_sessions"})
"""Methods every process calls without being listed in CALLS."""

TOKEN_AUDIENCES: dict[Role, frozenset[str]] = {
    role: frozenset({GATEWAY} | {api.service for api in APIS for method in api.methods() if role in method.roles})
    for role in Role
    if role is not Role.SERVICE
}
"""Role -> audiences of its tokens; a service's tokens are for the services it may call."""

SUBSCRIPTIONS: dict[str, frozenset[type[Event]]] = {
    "identity": frozenset({AppRevoked}),
    "records": frozenset(
        {RepresentationEnded, PersonDied, DeathReportUndone, InsChanged, PersonsJoined, PersonsSeparated}
    ),
    "documents": frozenset({DocumentDeposited, ContentAbandoned, DocumentPurged}),
    "consent": frozenset(
        {
            *(RecordPurged, AppListed, AppSuspended, AppAccessEnded),
            *(PersonDied, DeathReportUndone, PersonsJoined, PersonsSeparated),
        }
    ),
    "notify": NOTIFIED_EVENTS,
    "audit": frozenset({JournalEntry}),
}
"""Service -> events it consumes."""

ANNOUNCES_CHANGES = frozenset({"records", "consent", "audit"})
"""Services that tell every gateway process which records changed: those that have what a page shows."""
