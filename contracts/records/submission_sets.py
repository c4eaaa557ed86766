"""Messages about submission sets (XDS SubmissionSet): documents deposited all together or not at all."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.cda import CdaAuthor, CdaIdentifier
from contracts.records.deposits import Ticket
from contracts.records.entries import ClaimedMetadata, DocumentEntry
from contracts.traits import ClaimedTraits
from contracts.vocabulary import Coded, DocumentId, PatientId, Visibility


class SubmissionSetMetadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A depositor's metadata for a submission set.

    `unique_id`, `source_id`: OID or UUID. `author`: who submits. `patient`: identifiers in the source.
    """

    unique_id: str | None = None
    source_id: str | None = None
    title: str | None = None
    comments: str | None = None
    content_type: Coded | None = None
    submitted_at: datetime | None = None
    author: CdaAuthor | None = None
    patient: tuple[CdaIdentifier, ...] = ()


class SubmissionSetEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A submission set as one reader sees it: only documents they may see are listed."""

    lot_id: UUID
    unique_id: str
    facts: SubmissionSetMetadata
    submitted_at: datetime
    deposited_at: datetime
    documents: tuple[DocumentId, ...]


class PrepareSubmissionSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Request upload tickets for `count` documents; `secret`: in a minor's secret connection."""

    patient_id: PatientId
    count: int
    secret: bool = False


class SubmissionSetTickets(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket for each document."""

    tickets: tuple[Ticket, ...]


class SubmissionSetDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document of a submission set; fields as in DepositDocument."""

    receipt: str
    stated: ClaimedMetadata | None = None
    visibility: tuple[Visibility, ...] = ()
    invisible_until: datetime | None = None


class DepositSubmissionSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Deposit uploaded bytes as documents of the record, all of them or none.

    `strict`: refuse what would otherwise be corrected with a warning. `patient_traits`: stated for the whole set; not
    in `lot`, which is stored.
    """

    patient_id: PatientId
    documents: tuple[SubmissionSetDocument, ...]
    lot: SubmissionSetMetadata = SubmissionSetMetadata()
    strict: bool = False
    patient_traits: ClaimedTraits = ClaimedTraits()


class SubmissionSetResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The set's id and its entries, in request order; `created`: False for those already known."""

    lot_id: UUID
    entries: tuple[DocumentEntry, ...]
    created: tuple[bool, ...]
    warnings: tuple[tuple[str, ...], ...]
    """Per document: stated fields that were corrected, are missing, or contradict the holder's traits."""
