"""Strands: runs of lines about one patient that are shown together; which entry belongs where, who is shown what."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from contracts.audit import JournalEntry
from contracts.consent.decisions import Limits
from contracts.vocabulary import PLATFORM, Act, DocumentId, Outcome, PatientId, Role
from services.audit.domain.leaf import NO_HASH, Leaf, Personal, leaf_bytes, leaf_hash

_NEVER_SEARCHABLE = frozenset({Role.PATIENT, Role.APP})


class StrandKey(NamedTuple):
    """Which strand a line is in: its patient, secret from representatives or not, of one hidden document or none."""

    patient_id: PatientId
    secret: bool = False
    document_id: DocumentId | None = None


class Strand(msgspec.Struct, frozen=True, kw_only=True):
    """A run of lines; `id`: pseudonym, `number`, `hash`: of its last line.

    `wrapped_key`: encrypts its personal parts, None once the identity was erased; lines numbered below `named_from`
    were encrypted under a key that was destroyed. `shown`: whether the document of a document's strand has appeared.
    """

    id: UUID
    strand_key: StrandKey
    shown: bool = False
    number: int = 0
    hash: bytes = NO_HASH
    wrapped_key: bytes | None = None
    named_from: int = 1

    def after(self, leaf: Leaf, hash_of_leaf: bytes) -> "Strand":
        """The strand with this leaf as its last line."""
        return msgspec.structs.replace(self, number=leaf.number, hash=hash_of_leaf)

    def with_new_key(self, wrapped_key: bytes) -> "Strand":
        """The strand under a new key, which lines from the next one on are encrypted with."""
        return msgspec.structs.replace(self, wrapped_key=wrapped_key, named_from=self.number + 1)

    def names(self, number: int) -> bool:
        """Whether the personal part of that line can still be decrypted."""
        return self.wrapped_key is not None and number >= self.named_from


class StoredLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as stored, in the database and as JSON in the archive.

    `sealed`: nonce and personal part, encrypted. The blind indexes find lines by actor and by document.
    """

    position: int
    recorded_at: datetime
    leaf: Leaf
    leaf_hash: bytes
    sealed: bytes
    actor_blind_index: bytes | None = msgspec.field(default=None, name="actor_mark")
    document_blind_index: bytes | None = msgspec.field(default=None, name="document_mark")


class OpenedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line with its decrypted personal part: None once the identity was erased."""

    position: int
    leaf: Leaf
    personal: Personal | None


class JournalEnd(msgspec.Struct, frozen=True, kw_only=True):
    """The number of lines of the journal, and when the last was added."""

    size: int = 0
    recorded_at: datetime | None = None

    def next_moment(self, now: datetime) -> datetime:
        """`recorded_at` of the next line; never before that of the last."""
        return now if self.recorded_at is None else max(now, self.recorded_at)

    def is_first_of_month(self, moment: datetime) -> bool:
        """Whether a line added at this time is the first of its month."""
        return self.recorded_at is None or month_of(self.recorded_at) != month_of(moment)


def month_of(moment: datetime) -> date:
    """First day of the month of a UTC time."""
    return date(moment.year, moment.month, 1)


def about_no_patient(entry: JournalEntry) -> JournalEntry:
    """The entry as a line of the platform; the id that the request named is in its personal part."""
    about = f"{entry.about} {entry.patient_id}".strip()
    return msgspec.structs.replace(entry, patient_id=PLATFORM, about=about, secret=False, withheld=False)


def strand_key_of(entry: JournalEntry) -> StrandKey:
    return StrandKey(entry.patient_id, entry.secret, entry.document_id if entry.withheld else None)


def strand_keys_shown_by(entry: JournalEntry) -> tuple[StrandKey, ...]:
    """The strands that are shown from this entry on: those of a document that appeared."""
    appeared = entry.act is Act.REMISE_VISIBILITE and entry.outcome is Outcome.ALLOWED
    if not appeared or entry.document_id is None:
        return ()
    return tuple(StrandKey(entry.patient_id, secret, entry.document_id) for secret in (False, True))


def is_actor_searchable(role: Role) -> bool:
    """Whether lines can be searched by actors of this role: never by a patient, nor by an app acting for one."""
    return role not in _NEVER_SEARCHABLE


def shown_to(strands: Iterable[Strand], limits: Limits) -> tuple[Strand, ...]:
    """The strands that a reader within these limits is shown."""
    return tuple(
        strand
        for strand in strands
        if (strand.strand_key.document_id is None or strand.shown)
        and not (limits.hides_secret and strand.strand_key.secret)
    )


def hash_of(leaf: Leaf) -> bytes:
    return leaf_hash(leaf_bytes(leaf))
