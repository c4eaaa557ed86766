"""Messages about single documents and lists of them."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.consent.authorisations import AuthorisationStatus
from contracts.documents import ContentForm
from contracts.identity.people import Traits
from contracts.vocabulary import (
    AccessMode,
    ContentId,
    DocumentId,
    DocumentStatus,
    Ins,
    PatientId,
    Section,
    Visibility,
)


class Author(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Author of a document, from its header."""

    rpps: str
    name: str
    structure: str | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List view of a document's metadata (DocumentEntry)."""

    document_id: DocumentId
    entry_uuid: str
    unique_id: str
    version: int
    status: DocumentStatus
    section: Section
    class_code: str
    type_code: str
    format_code: str
    title: str
    author: Author
    created_at: datetime
    """When the document was written, from its header."""
    deposited_at: datetime
    language: str
    media_type: str
    size: int
    sha1: str
    visibility: tuple[Visibility, ...] = ()
    replaces: str | None = None
    invisible_until: datetime | None = None
    """When a document marked INVISIBLE_PATIENT becomes visible to the patient."""


class RecordHolder(msgspec.Struct, frozen=True, kw_only=True):
    """The person whom a record is about, to be compared with the one who is being cared for.

    `authorisation`: what they allow the professional who asks; `medecin_traitant`: whether they named them so.
    """

    traits: Traits
    ins: Ins
    authorisation: AuthorisationStatus
    medecin_traitant: bool


class ListDocuments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List documents, newest first.

    `count`: 1 to 100. `cursor`: `next` of the previous page. `superseded`, `archived`: include these too. `secret`:
    in a minor's secret connection. `folder`, `pinned`: filter by the holder's arrangement, for readers who may see
    it. `holder`: a professional, the holder or who represents them asks who the holder is, too. `words`: each occurs
    in the title, type, author or structure, whatever its case and accents; at most 100 characters and six words.
    `counts`: count by section, too. `visit`: a professional in normal access asks what is new since their visit
    before this one, and this load counts as a visit; `new_only`: list what is new only, or all if nothing is.
    `page`: the list is shown on a page.
    """

    patient_id: PatientId
    mode: AccessMode = AccessMode.NORMAL
    section: Section | None = None
    count: int = 20
    cursor: str | None = None
    superseded: bool = False
    archived: bool = False
    secret: bool = False
    folder: UUID | None = None
    pinned: bool = False
    holder: bool = False
    words: str = ""
    counts: bool = False
    visit: bool = False
    new_only: bool = False
    page: bool = False


class DocumentList(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page; `next`: cursor of the following page; `emergency`: show the emergency banner."""

    documents: tuple[Document, ...]
    next: str | None = None
    emergency: bool = False
    holder: RecordHolder | None = None
    """If requested, by a professional, the holder or who represents them."""
    counts: dict[Section, int] = msgspec.field(default_factory=dict)
    """If requested: how many documents the reader may see in each section with any, whatever `section` was asked."""
    last_visit: datetime | None = None
    """If `visit`: when the caller's visit before this one began; None for the first one."""
    new: int = 0
    """How many documents were deposited, shown or changed by others since then."""
    new_only: bool = False
    """Whether the page is of these."""
    page: str = ""
    """If requested: a PageShown, by which its reader asks later whether the page is out of date."""


class ReadDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Get one document by id, even if replaced or archived.

    `form`, `language`: of its content, for a download.
    """

    patient_id: PatientId
    document_id: DocumentId
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False
    form: ContentForm = ContentForm.BYTES
    language: str = "fr"


class ContentTicket(msgspec.Struct, frozen=True, kw_only=True):
    """The document and the ticket to download its content."""

    document: Document
    content_id: ContentId
    ticket: str


class OpenClinicalData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Request download tickets for the coded data of all current structured documents."""

    patient_id: PatientId
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False
    together: bool = False
    """One ticket for all of them."""


class ClinicalDataOpened(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest structured documents, each with a ticket; `more`: there are older ones.

    `ticket`: for all of them, if `together` was requested; they have none of their own then.
    """

    contents: tuple[ContentTicket, ...]
    more: bool = False
    emergency: bool = False
    ticket: str = ""


class SetVisibility(msgspec.Struct, frozen=True, kw_only=True):
    """Hide a document from professionals, or show it again."""

    patient_id: PatientId
    document_id: DocumentId
    masque_ps: bool


class AboutDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a record."""

    patient_id: PatientId
    document_id: DocumentId


class ArchiveDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Archive a document (hide it from the default lists), or restore it."""

    patient_id: PatientId
    document_id: DocumentId
    archived: bool


class DeletedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The document was deleted for everybody; its bytes are kept until the record is destroyed."""
