"""Records and documents as they are stored."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from contracts.records.documents import Document
from contracts.records.entries import DocumentEntry, DocumentMetadata
from contracts.records.lifecycle import CloseReason
from contracts.vocabulary import ContentId, Depositor, Ins, PatientId, RecordStatus
from services.records.domain.traits import HolderTraits


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Who opened a record, when and from where.

    `opener`: RPPS or subject of an agent. `majority_on`: the day its holder comes of age; None where they have, or
    where the birth date is not known. `traits`: None where they are not known here.
    """

    patient_id: PatientId
    ins: Ins
    opener: str
    structure: str | None
    profession: str | None
    opened_at: datetime
    majority_on: date | None = None
    traits: HolderTraits | None = None


def is_minor(majority_on: date | None, today: date) -> bool:
    """Whether somebody who comes of age on that day is known to be under age."""
    return majority_on is not None and today < majority_on


class DefaultMask(msgspec.Struct, frozen=True, kw_only=True):
    """Whether new documents are masked: the holder's setting, and a representative's in its place.

    `by_representative`: None where no representative who represents the holder has set it.
    """

    own: bool = False
    by_representative: bool | None = None

    def masks(self, majority_on: date | None, today: date) -> bool:
        """A representative's setting holds until the holder is of age (`majority_on`), or without an end."""
        is_over = majority_on is not None and majority_on <= today
        return self.own if self.by_representative is None or is_over else self.by_representative


class StoredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record: its opening, its status and its settings."""

    opening: Opening
    status: RecordStatus
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    purge_on: date | None = None
    default_mask: DefaultMask = DefaultMask()


class RecordState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a record for one reader, which consent decides on; without a record, everything is unset.

    `seen_before`, `has_deposited`: the reader has read the record, or deposited in it. `traits`: None where they are
    not known here.
    """

    status: RecordStatus | None = None
    ins: Ins | None = None
    majority_on: date | None = None
    default_mask: DefaultMask = DefaultMask()
    seen_before: bool = False
    has_deposited: bool = False
    traits: HolderTraits | None = None

    def is_minor(self, today: date) -> bool:
        """Whether the holder is known to be under age."""
        return is_minor(self.majority_on, today)


class StoredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document: its entry, and what only this service knows of it.

    `structure`: of the depositor. `filed_by`: version of the filing plan that chose its section.
    """

    document: Document
    metadata: DocumentMetadata
    content_id: ContentId
    depositor: Depositor
    structure: str | None
    sha256: str
    changed_at: datetime
    lot_id: UUID | None = None
    filed_by: str = "integre"

    @property
    def entry(self) -> DocumentEntry:
        """All of it that a reader may know."""
        return DocumentEntry(
            document=self.document, facts=self.metadata, changed_at=self.changed_at, lot_id=self.lot_id
        )


class NamedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A document that somebody named, in its state for them; `is_shown`: whether they may see it, if not deleted."""

    stored_document: StoredDocument
    is_shown: bool
