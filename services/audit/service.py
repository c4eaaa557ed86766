"""The door of the audit service."""

from datetime import UTC, datetime

from chassis.events import Received, listen_bundle
from chassis.rpc import RequestContext, serve
from chassis.service import Service, per_process
from chassis.settings import load
from chassis.timers import every
from contracts.audit import (
    Audit,
    Consistency,
    EraseIdentity,
    Found,
    HeadOf,
    Heads,
    IdentityErased,
    Journal,
    JournalEntry,
    KeyOfHeads,
    LatestHead,
    ListHeads,
    Proofs,
    ProveConsistency,
    ReadJournal,
    ReadProofs,
    SearchJournal,
    SignedHead,
    VerifierKey,
)
from services.audit.domain.strands import ReceivedEntry
from services.audit.handlers import heads, reading, searching, writing
from services.audit.repositories import AuditRepository
from services.audit.sealing import Sealer
from services.audit.settings import AuditSettings
from services.audit.signing import HeadSigner
from services.audit.timestamps import TimestampAuthority

_LOOK_SECONDS = 2.0
_STAMP_SECONDS = 10.0


def _settings() -> AuditSettings:
    return load(AuditSettings)


def _sealer() -> Sealer:
    return Sealer.from_file(_settings().subject_key_file)


def _signer() -> HeadSigner:
    return HeadSigner.from_file(_settings().head_key, _settings().journal_origin)


class AuditService(Service):
    """Keeps the journal."""

    name = "audit"
    settings = per_process(_settings)
    sealer = per_process(_sealer)
    signer = per_process(_signer)

    def missing_parts(self) -> list[str]:
        """Parts out of reach, and the heads of the journal where lines wait for them too long."""
        missing = super().missing_parts()
        return missing if missing or not self._are_heads_late() else ["journal_heads"]

    # One bundle at a time: more would only wait for the end of the journal.
    @listen_bundle(JournalEntry, concurrency=1)
    def append(self, call: RequestContext[tuple[Received[JournalEntry], ...]]) -> None:
        """Add what was done and refused, everywhere in the house."""
        arrived = tuple(ReceivedEntry(event_id=one.id, at=one.at, entry=one.event) for one in call.message)
        writing.append(AuditRepository(call.connection), self.sealer, call.with_message(arrived, call.event_id))

    @every(seconds=_LOOK_SECONDS)
    def sign_head(self, call: RequestContext[None]) -> None:
        """A head, when one is due."""
        repository = AuditRepository(call.connection)
        heads.sign_head(repository, self.signer, now=call.now, seconds=self.settings.head_seconds)

    @every(seconds=_STAMP_SECONDS)
    def stamp_head(self, call: RequestContext[None]) -> None:
        """A time-stamp for a head, where an authority is named."""
        if self.settings.timestamp_url:
            heads.stamp_head(call, TimestampAuthority(self.settings.timestamp_url))

    @serve(Audit.read_journal, reading=True)
    def read_journal(self, call: RequestContext[ReadJournal]) -> Journal:
        """A page of a patient's journal."""
        return reading.read_journal(AuditRepository(call.connection), self.sealer, call)

    @serve(Audit.read_proofs, reading=True)
    def read_proofs(self, call: RequestContext[ReadProofs]) -> Proofs:
        """The same with proofs."""
        return reading.read_proofs(AuditRepository(call.connection), self.sealer, call)

    @serve(Audit.latest_head, reading=True)
    def latest_head(self, call: RequestContext[LatestHead]) -> SignedHead:
        """The newest head."""
        return heads.latest_head(AuditRepository(call.connection), call)

    @serve(Audit.head_of, reading=True)
    def head_of(self, call: RequestContext[HeadOf]) -> SignedHead:
        """The head of one size."""
        return heads.head_of(AuditRepository(call.connection), call)

    @serve(Audit.list_heads, reading=True)
    def list_heads(self, call: RequestContext[ListHeads]) -> Heads:
        """A page of heads."""
        return heads.list_heads(AuditRepository(call.connection), call)

    @serve(Audit.prove_consistency, reading=True)
    def prove_consistency(self, call: RequestContext[ProveConsistency]) -> Consistency:
        """That one head goes on from another."""
        return heads.prove_consistency(AuditRepository(call.connection), call)

    @serve(Audit.key_of_heads, reading=True)
    def key_of_heads(self, call: RequestContext[KeyOfHeads]) -> VerifierKey:
        """The key that signs heads."""
        return heads.key_of_heads(self.signer, call)

    @serve(Audit.search_journal, reading=True)
    def search_journal(self, call: RequestContext[SearchJournal]) -> Found:
        """The operator's search."""
        return searching.search_journal(AuditRepository(call.connection), self.sealer, call)

    @serve(Audit.erase_identity)
    def erase_identity(self, call: RequestContext[EraseIdentity]) -> IdentityErased:
        """Who somebody was, erased."""
        return searching.erase_identity(AuditRepository(call.connection), call)

    def _are_heads_late(self) -> bool:
        with self.runtime.engine.connect() as connection:
            repository, seconds = AuditRepository(connection), self.settings.head_grace_seconds
            return heads.are_late(repository, now=datetime.now(UTC), seconds=seconds)
