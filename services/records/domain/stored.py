"""Records and documents as they are on file."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from contracts.records import CloseReason, Document, DocumentMetadata, Entry
from contracts.vocabulary import ContentId, Ins, PatientId, RecordStatus, Rpps


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How a record came to be: who opened it, from where, and that the patient wanted it.

    `majority_on`: the day its holder comes of age; None where they have, or where the birth date is not known.
    """

    patient_id: PatientId
    ins: Ins
    opener: str
    structure: str | None
    profession: str | None
    opened_at: datetime
    majority_on: date | None = None


class StoredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record: how it was opened, and how it stands."""

    opening: Opening
    status: RecordStatus
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    purge_on: date | None = None
    default_masked: bool = False


class RecordContext(msgspec.Struct, frozen=True, kw_only=True):
    """What records knows before any decision: status of the record, and whether this person has read or fed it."""

    status: RecordStatus | None = None
    ins: Ins | None = None
    majority_on: date | None = None
    default_masked: bool = False
    seen_before: bool = False
    has_deposited: bool = False

    def is_minor(self, today: date) -> bool:
        """Whether the holder is known to be under age."""
        return self.majority_on is not None and today < self.majority_on


class StoredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is on file: its entry, and what only this service needs to know of it."""

    document: Document
    facts: DocumentMetadata
    content_id: ContentId
    depositor: Rpps
    structure: str | None
    sha256: str
    changed_at: datetime
    lot_id: UUID | None = None
    filed_by: str = "integre"
    """The filing plan that put it in its section."""

    @property
    def entry(self) -> Entry:
        """The whole of it that a reader may know."""
        return Entry(document=self.document, facts=self.facts, changed_at=self.changed_at, lot_id=self.lot_id)
