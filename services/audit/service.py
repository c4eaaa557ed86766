"""The door of the audit service."""

from chassis.door import Door
from chassis.events import Received, listen_bundle
from chassis.rpc import Call, serve
from contracts.audit import Audit, Journal, JournalEntry, ReadJournal
from services.audit import actions
from services.audit.domain.chain import Arrived
from services.audit.store import AuditStore


class AuditService(Door):
    """Keeps the journal."""

    name = "audit"

    # Large bundles have patients in common: more of them at once only wait for each other's heads.
    @listen_bundle(JournalEntry, at_once=4)
    def write(self, call: Call[tuple[Received[JournalEntry], ...]]) -> None:
        """Add what was done and refused, everywhere in the house."""
        arrived = [Arrived(event_id=one.id, at=one.at, entry=one.event) for one in call.message]
        actions.write(AuditStore(call.connection), arrived)

    @serve(Audit.read_journal, reading=True)
    def read_journal(self, call: Call[ReadJournal]) -> Journal:
        """A page of a patient's journal."""
        return actions.read_journal(AuditStore(call.connection), call)
