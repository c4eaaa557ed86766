"""Records and documents as they are stored."""

from collections.abc import Sequence
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


def whole(records: Sequence[StoredRecord]) -> StoredRecord:
    """The first of a person's records, in the state of the one that is least open."""
    status = least_open(*(record.status for record in records))
    shut = next(record for record in records if record.status is status)
    return msgspec.structs.replace(
        records[0],
        status=shut.status,
        closed_at=shut.closed_at,
        close_reason=shut.close_reason,
        purge_on=shut.purge_on,
    )


class RecordState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a person's record for one reader, which consent decides on; without a record, everything is unset.

    Of a person with two identities it is that of the record of the one named, or of the only record; `other` is that
    of the other one. `status`: active only if both are; `own_status`: of the identity that was named; `joined`:
    whether there is another identity.
    `seen_before`, `has_deposited`: the reader has read the record, or deposited in it. `traits`: None where they are
    not known here.
    """

    patient_id: PatientId | None = None
    status: RecordStatus | None = None
    own_status: RecordStatus | None = None
    ins: Ins | None = None
    majority_on: date | None = None
    default_mask: DefaultMask = DefaultMask()
    seen_before: bool = False
    has_deposited: bool = False
    traits: HolderTraits | None = None
    joined: bool = False
    other: "RecordState | None" = None

    @property
    def ids(self) -> tuple[PatientId | None, ...]:
        """Under which of the holder's identities there is a record."""
        return (self.patient_id,) if self.other is None else (self.patient_id, *self.other.ids)

    def is_minor(self, today: date) -> bool:
        """Whether the holder is known to be under age, by both records."""
        return is_minor(self.majority_on, today) and (self.other is None or self.other.is_minor(today))

    def masks(self, today: date) -> bool:
        """Whether new documents are masked, as either record says."""
        is_masked = self.default_mask.masks(self.majority_on, today)
        return is_masked or (self.other is not None and self.other.masks(today))


def united(named: RecordState | None, other: RecordState | None) -> RecordState:
    """The state of a person's records, of which either may be missing."""
    if named is None or other is None:
        only = named or other or RecordState()
        return msgspec.structs.replace(only, own_status=None if named is None else named.status)
    return msgspec.structs.replace(
        named,
        status=least_open(named.status, other.status),
        own_status=named.status,
        seen_before=named.seen_before or other.seen_before,
        has_deposited=named.has_deposited or other.has_deposited,
        other=other,
    )


def least_open(*statuses: RecordStatus | None) -> RecordStatus | None:
    """The status that shows least; None, where there is no record, says nothing."""
    by_openness = (RecordStatus.SUSPENDED, RecordStatus.CLOSED, RecordStatus.ACTIVE)
    return next((status for status in by_openness if status in statuses), None)


class StoredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document: its entry, and what only this service knows of it.

    `structure`: of the depositor. `filed_by`: version of the filing plan that chose its section. `patient_id`: under
    which of the holder's identities it was deposited.
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
    patient_id: PatientId

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
