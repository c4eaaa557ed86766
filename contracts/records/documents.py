"""What is asked and told of the documents of a record."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.documents import ContentForm
from contracts.vocabulary import AccessMode, ContentId, DocumentId, DocumentStatus, PatientId, Section, Visibility


class Author(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who wrote a document, as its header says."""

    rpps: str
    name: str
    structure: str | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The entry of one document (DocumentEntry): everything but its bytes."""

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
    """When the document was written, by its header."""
    deposited_at: datetime
    language: str
    media_type: str
    size: int
    sha1: str
    visibility: tuple[Visibility, ...] = ()
    replaces: str | None = None
    invisible_until: datetime | None = None
    """When a document marked INVISIBLE_PATIENT appears to the patient by itself."""


class ListDocuments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find documents, newest first.

    `folder`, `pinned`: of the holder's own arrangement, for those who may see it.
    `count`: 1 to 100. `cursor`: where the last page ended. `superseded`, `archived`: these too. `secret`: in a
    minor's secret connection.
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


class DocumentList(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page; `next` is the cursor of the following one; `emergency` asks for the banner."""

    documents: tuple[Document, ...]
    next: str | None = None
    emergency: bool = False


class ReadDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document of a record, also a replaced or archived one, for it is asked for by its id.

    `form`, `language`: of its content, where that is asked for.
    """

    patient_id: PatientId
    document_id: DocumentId
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False
    form: ContentForm = ContentForm.BYTES
    language: str = "fr"


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The document and the ticket that carries its bytes out."""

    document: Document
    content_id: ContentId
    ticket: str


class OpenClinicalData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the structured documents of a record say in codes, all together; current ones only."""

    patient_id: PatientId
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False


class ClinicalDataOpened(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest structured documents, each with the ticket for its facts; `more`: there are older ones."""

    contents: tuple[Content, ...]
    more: bool = False
    emergency: bool = False


class SetVisibility(msgspec.Struct, frozen=True, kw_only=True):
    """Hide a document from professionals, or show it again."""

    patient_id: PatientId
    document_id: DocumentId
    masque_ps: bool


class AboutDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One document something is done to."""

    patient_id: PatientId
    document_id: DocumentId


class ArchiveDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Put a document out of the usual lists, or back."""

    patient_id: PatientId
    document_id: DocumentId
    archived: bool


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """The document is gone for everybody; its bytes are kept until the record is destroyed."""
