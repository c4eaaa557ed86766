"""Strands: which run of lines an entry belongs to, how a run goes on, and who is shown which runs."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from contracts.audit import JournalEntry
from contracts.consent import Limits
from contracts.vocabulary import Act, DocumentId, Outcome, PatientId, Role
from services.audit.domain.leaf import NO_HASH, Leaf, Personal, leaf_bytes, leaf_hash

_NEVER_MARKED = frozenset({Role.PATIENT, Role.APP})


class StrandKey(NamedTuple):
    """Lines shown together: about one patient, secret from representatives or not, of one hidden document or none."""

    patient_id: PatientId
    secret: bool = False
    document_id: DocumentId | None = None


class Strand(msgspec.Struct, frozen=True, kw_only=True):
    """A run of lines; `number` and `hash` are its last line's.

    `key`: wrapped, None once the identity was erased; lines numbered below `named_from` were sealed under a key that
    is no more. `shown`: whether the document of a document's strand has appeared.
    """

    strand: UUID
    place: StrandKey
    shown: bool = False
    number: int = 0
    hash: bytes = NO_HASH
    key: bytes | None = None
    named_from: int = 1

    def after(self, leaf: Leaf, its_hash: bytes) -> "Strand":
        """The strand once this leaf was added."""
        return msgspec.structs.replace(self, number=leaf.number, hash=its_hash)

    def keyed_anew(self, key: bytes) -> "Strand":
        """The strand under a fresh key: lines from the next one on have names again."""
        return msgspec.structs.replace(self, key=key, named_from=self.number + 1)

    def names(self, number: int) -> bool:
        """Whether it can still be read who that line is about."""
        return self.key is not None and number >= self.named_from


class ReceivedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with the id and the time of its event."""

    event_id: UUID
    at: datetime
    entry: JournalEntry


class StoredLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the journal keeps it: `sealed` holds the personal part, the marks find it again."""

    position: int
    recorded_at: datetime
    leaf: Leaf
    leaf_hash: bytes
    sealed: bytes
    actor_mark: bytes | None = None
    document_mark: bytes | None = None


class OpenedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line with what was sealed: None once the identity was erased."""

    position: int
    leaf: Leaf
    personal: Personal | None


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Where the journal ends: how many lines it has, and when the last was added."""

    size: int = 0
    recorded_at: datetime | None = None

    def next_moment(self, now: datetime) -> datetime:
        """When the next line is added; never before the last."""
        return now if self.recorded_at is None else max(now, self.recorded_at)

    def is_first_of_month(self, moment: datetime) -> bool:
        """Whether a line added then is the first of its month."""
        return self.recorded_at is None or month_of(self.recorded_at) != month_of(moment)


def month_of(moment: datetime) -> date:
    """First day of the month of a UTC time."""
    return date(moment.year, moment.month, 1)


def strand_key_of(entry: JournalEntry) -> StrandKey:
    """Where an entry belongs."""
    return StrandKey(entry.patient_id, entry.secret, entry.document_id if entry.withheld else None)


def strand_keys_shown_by(entry: JournalEntry) -> tuple[StrandKey, ...]:
    """The runs that are shown from this entry on: those of a document that appeared."""
    appeared = entry.act is Act.REMISE_VISIBILITE and entry.outcome is Outcome.ALLOWED
    if not appeared or entry.document_id is None:
        return ()
    return tuple(StrandKey(entry.patient_id, secret, entry.document_id) for secret in (False, True))


def is_marked(role: Role) -> bool:
    """Whether who acts in this role can be searched for: never a patient, nor an app on behalf of one."""
    return role not in _NEVER_MARKED


def shown_to(strands: Iterable[Strand], limits: Limits) -> tuple[Strand, ...]:
    """The runs a reader within these limits is shown."""
    return tuple(
        strand
        for strand in strands
        if (strand.place.document_id is None or strand.shown) and not (limits.hides_secret and strand.place.secret)
    )


def hash_of(leaf: Leaf) -> bytes:
    """The hash of a leaf."""
    return leaf_hash(leaf_bytes(leaf))
