"""Lots (XDS SubmissionSet): documents that enter a record together, or not at all."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.cda import CdaAuthor, CdaIdentifier
from contracts.records.deposits import Ticket
from contracts.records.entries import ClaimedMetadata, Entry
from contracts.vocabulary import Coded, DocumentId, PatientId, Visibility


class SubmissionSetMetadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a depositor says of a lot.

    `unique_id`, `source_id`: as OID or UUID. `author`: who submits. `patient`: as the source names them.
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
    """A lot as one reader may know it: only the documents they may see are named."""

    lot_id: UUID
    unique_id: str
    facts: SubmissionSetMetadata
    submitted_at: datetime
    deposited_at: datetime
    documents: tuple[DocumentId, ...]


class PrepareSubmissionSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the tickets that let the bytes of `count` documents in; `secret` as for one."""

    patient_id: PatientId
    count: int
    secret: bool = False


class SubmissionSetTickets(msgspec.Struct, frozen=True, kw_only=True):
    """One for each document."""

    tickets: tuple[Ticket, ...]


class SubmissionSetDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document of a lot; as DepositDocument, with what is stated of it."""

    receipt: str
    stated: ClaimedMetadata | None = None
    visibility: tuple[Visibility, ...] = ()
    invisible_until: datetime | None = None


class DepositSubmissionSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Enter stored bytes into the record, all of them or none.

    `strict`: what would be corrected with a warning is refused instead.
    """

    patient_id: PatientId
    documents: tuple[SubmissionSetDocument, ...]
    lot: SubmissionSetMetadata = SubmissionSetMetadata()
    strict: bool = False


class SubmissionSetDeposited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The lot and its documents, in the order sent; `created`: which of them were not there before."""

    lot_id: UUID
    entries: tuple[Entry, ...]
    created: tuple[bool, ...]
    warnings: tuple[tuple[str, ...], ...]
    """Of each document: fields that were corrected, or left out and missed."""
