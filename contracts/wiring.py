"""Who may call whom, and who listens to what: the data behind queues, deployables and their tests."""

from contracts.audit import JournalEntry
from contracts.consent import AppAllowed, AppRevoked, CarerAccepted, CarerEnded, EmergencyAccessOpened
from contracts.envelope import Event
from contracts.identity import (
    AccountActivated,
    AccountLockChanged,
    AppListed,
    AppSuspended,
    AuthenticatorChanged,
    ContactChanged,
    PasswordSet,
)
from contracts.records import (
    ContentAbandoned,
    DocumentAppeared,
    DocumentDeleted,
    DocumentDeposited,
    DocumentPurged,
    MajorityReached,
    RecordClosed,
    RecordFirstRead,
    RecordPurged,
    RecordReopened,
    VisibilityChanged,
)

SERVICES = ("identity", "records", "documents", "consent", "notify", "audit")

CALLS: dict[str, frozenset[str]] = {
    "gateway": frozenset({"identity", "records", "consent", "notify", "audit"}),
    "identity": frozenset({"notify", "consent"}),
    "records": frozenset({"identity", "consent"}),
    "documents": frozenset({"records"}),
    "consent": frozenset({"identity", "records"}),
    "notify": frozenset({"identity", "consent"}),
    "audit": frozenset({"consent"}),
}
"""Caller -> services it may call."""

ASKED_BY_ALL = frozenset({"identity.ended_sessions"})
"""What every process asks, for its keys: it gives nobody leave to ask anything else there."""

LISTENS: dict[str, frozenset[type[Event]]] = {
    "identity": frozenset({AppRevoked}),
    "records": frozenset(),
    "documents": frozenset({DocumentDeposited, ContentAbandoned, DocumentPurged}),
    "consent": frozenset({RecordPurged, AppListed, AppSuspended}),
    "notify": frozenset(
        {
            DocumentDeposited,
            DocumentAppeared,
            DocumentDeleted,
            VisibilityChanged,
            RecordFirstRead,
            RecordClosed,
            RecordReopened,
            RecordPurged,
            MajorityReached,
            EmergencyAccessOpened,
            AccountActivated,
            AuthenticatorChanged,
            AppAllowed,
            PasswordSet,
            ContactChanged,
            AccountLockChanged,
            CarerAccepted,
            CarerEnded,
        }
    ),
    "audit": frozenset({JournalEntry}),
}
"""Service -> events it takes."""
