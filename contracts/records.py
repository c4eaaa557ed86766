"""What the records service answers: the life of a record and of its documents."""

from datetime import datetime

import msgspec

from contracts.api import Api, Method
from contracts.consent import AuthorisationStatus
from contracts.envelope import Event
from contracts.vocabulary import (
    AccessMode,
    ContentId,
    DocumentId,
    DocumentStatus,
    Ins,
    PatientId,
    RecordStatus,
    Role,
    Rpps,
    Section,
    Visibility,
)


class OpenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Open a record: the carte Vitale proves the patient's presence, the opener collected the consent."""

    vitale_proof: str
    consent_collected: bool


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record as its openers and readers see it."""

    patient_id: PatientId
    status: RecordStatus
    opened_at: datetime


class StatusOf(msgspec.Struct, frozen=True, kw_only=True):
    """Is there a record, and is it active?"""

    patient_id: PatientId


class StatusFound(msgspec.Struct, frozen=True, kw_only=True):
    """None where there is no record."""

    status: RecordStatus | None


class HoldsContent(msgspec.Struct, frozen=True, kw_only=True):
    """Does a document of this record hold this content?"""

    patient_id: PatientId
    content_id: ContentId


class ContentHeld(msgspec.Struct, frozen=True, kw_only=True):
    """Yes or no."""

    held: bool


class FindRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Is there a record for this INS, and how does the caller stand to it (TD0.2)?"""

    ins: Ins


class RecordFound(msgspec.Struct, frozen=True, kw_only=True):
    """An existing record and the caller's standing."""

    record: Record
    authorisation: AuthorisationStatus
    medecin_traitant: bool


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


class PrepareDeposit(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the ticket that lets bytes in."""

    patient_id: PatientId


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A signed ticket (JWS compact) for one transfer with the documents data plane."""

    content_id: ContentId
    ticket: str


class DepositDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Enter stored bytes into the record; the receipt says what they are.

    `visibility`: marks the depositor answers for.
    """

    patient_id: PatientId
    receipt: str
    visibility: tuple[Visibility, ...] = ()


class Deposited(msgspec.Struct, frozen=True, kw_only=True):
    """The document as entered; `created` is False when the same bytes had been deposited before."""

    document: Document
    created: bool


class ListDocuments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find documents, newest first.

    `count`: 1 to 100. `cursor`: where the last page ended.
    """

    patient_id: PatientId
    mode: AccessMode = AccessMode.NORMAL
    section: Section | None = None
    count: int = 20
    cursor: str | None = None


class DocumentList(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page; `next` is the cursor of the following one; `emergency` asks for the banner."""

    documents: tuple[Document, ...]
    next: str | None = None
    emergency: bool = False


class ReadDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document of a record."""

    patient_id: PatientId
    document_id: DocumentId
    mode: AccessMode = AccessMode.NORMAL


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The document and the ticket that carries its bytes out."""

    document: Document
    content_id: ContentId
    ticket: str


class SetVisibility(msgspec.Struct, frozen=True, kw_only=True):
    """Hide a document from professionals, or show it again."""

    patient_id: PatientId
    document_id: DocumentId
    masque_ps: bool


class DocumentDeposited(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document entered a record; its content is to be kept."""

    topic = "records.document_deposited"
    bundle = 50
    patient_id: PatientId
    document_id: DocumentId
    content_id: ContentId
    depositor: Rpps


class ContentAbandoned(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes were brought in and not entered (refused, or there already); they are to be destroyed."""

    topic = "records.content_abandoned"
    bundle = 50
    patient_id: PatientId
    content_id: ContentId


class VisibilityChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document was hidden or shown again."""

    topic = "records.visibility_changed"
    patient_id: PatientId
    document_id: DocumentId
    by_patient: bool


class RecordFirstRead(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A professional read this record for the first time; the holder must be told."""

    topic = "records.record_first_read"
    patient_id: PatientId
    rpps: Rpps


_OPENERS = frozenset({Role.PROFESSIONAL, Role.AGENT})
_READERS = frozenset({Role.PROFESSIONAL, Role.PATIENT})
_DEPOSITORS = frozenset({Role.PROFESSIONAL})


class Records(Api, service="records"):
    """The flat that keeps records and the entries of their documents."""

    open_record = Method(OpenRecord, Record, roles=_OPENERS)
    find_record = Method(FindRecord, RecordFound, roles=_OPENERS)
    holds_content = Method(HoldsContent, ContentHeld, roles=frozenset({Role.SERVICE}))
    status_of = Method(StatusOf, StatusFound, roles=_READERS)
    prepare_deposit = Method(PrepareDeposit, Ticket, roles=_DEPOSITORS)
    deposit_document = Method(DepositDocument, Deposited, roles=_DEPOSITORS)
    list_documents = Method(ListDocuments, DocumentList, roles=_READERS)
    get_document = Method(ReadDocument, Document, roles=_READERS)
    open_content = Method(ReadDocument, Content, roles=_READERS)
    set_visibility = Method(SetVisibility, Document, roles=_READERS)
