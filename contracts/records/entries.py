"""The complete entry of a document (XDS DocumentEntry), and what a depositor claims about it."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.cda import CdaAuthor, CdaIdentifier, CdaOrganisation
from contracts.records.documents import Document
from contracts.traits import ClaimedTraits
from contracts.vocabulary import Coded


class DocumentMetadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Metadata of a document (XDS DocumentEntry) that lists do not show."""

    type: Coded
    authors: tuple[CdaAuthor, ...]
    authenticator: CdaAuthor | None = None
    custodian: CdaOrganisation | None = None
    confidentiality: str = "N"
    """N, R or V; marks are kept apart."""
    events: tuple[Coded, ...] = ()
    service_start: datetime | None = None
    service_stop: datetime | None = None
    facility: Coded | None = None
    setting: Coded | None = None
    patient: tuple[CdaIdentifier, ...] = ()
    """Every patient identifier in the source."""
    template_ids: tuple[str, ...] = ()
    comments: str | None = None
    created_on: str | None = None
    """The date of writing as it was stated, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, if no moment was; the same below."""
    service_start_on: str | None = None
    service_stop_on: str | None = None


class DocumentEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything known of one document except its bytes."""

    document: Document
    facts: DocumentMetadata
    changed_at: datetime
    lot_id: UUID | None = None
    """The submission set it was deposited in."""


class ClaimedMetadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A depositor's metadata for a document; None for what is not stated.

    `size` in bytes, `sha1` in hex. `replaces`: the replaced document, by any of its three identifiers. `created_on`,
    `service_start_on`, `service_stop_on`: see DocumentMetadata.
    """

    unique_id: str | None = None
    type: Coded | None = None
    class_code: str | None = None
    format_code: str | None = None
    title: str | None = None
    language: str | None = None
    created_at: datetime | None = None
    authors: tuple[CdaAuthor, ...] = ()
    authenticator: CdaAuthor | None = None
    custodian: CdaOrganisation | None = None
    confidentiality: str | None = None
    events: tuple[Coded, ...] = ()
    service_start: datetime | None = None
    service_stop: datetime | None = None
    facility: Coded | None = None
    setting: Coded | None = None
    patient: tuple[CdaIdentifier, ...] = ()
    patient_traits: ClaimedTraits = ClaimedTraits()
    replaces: str | None = None
    media_type: str | None = None
    size: int | None = None
    sha1: str | None = None
    comments: str | None = None
    created_on: str | None = None
    service_start_on: str | None = None
    service_stop_on: str | None = None
