"""What the records service answers: the life of a record and of its documents."""

from datetime import date, datetime
from enum import StrEnum

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


class RecordFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a record stands, for its holder.

    `purge_on`: the day a closed record is destroyed. `default_masked`: new documents are hidden from professionals.
    """

    patient_id: PatientId
    status: RecordStatus
    opened_at: datetime
    closed_at: datetime | None = None
    purge_on: date | None = None
    default_masked: bool = False


class CloseReason(StrEnum):
    """Why a record is closed."""

    DEMANDE = "demande"
    DECES = "deces"
    ERREUR = "erreur"


class CloseRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Close a record; what it holds is kept for ten years."""

    patient_id: PatientId
    reason: CloseReason = CloseReason.DEMANDE


class SetDefaultVisibility(msgspec.Struct, frozen=True, kw_only=True):
    """Whether documents that come in are hidden from professionals unless the holder shows them."""

    patient_id: PatientId
    masque_ps: bool


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
    invisible_until: datetime | None = None
    """When a document marked INVISIBLE_PATIENT appears to the patient by itself."""


class PrepareDeposit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the ticket that lets bytes in; `secret`: in a minor's secret connection."""

    patient_id: PatientId
    secret: bool = False


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A signed ticket (JWS compact) for one transfer with the documents data plane."""

    content_id: ContentId
    ticket: str


class DepositDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Enter stored bytes into the record; the receipt says what they are.

    `visibility`: marks the depositor answers for. `invisible_until`: for INVISIBLE_PATIENT, at most the usual span
    ahead, which is also what None means.
    """

    patient_id: PatientId
    receipt: str
    visibility: tuple[Visibility, ...] = ()
    invisible_until: datetime | None = None


class Deposited(msgspec.Struct, frozen=True, kw_only=True):
    """The document as entered; `created` is False when the same bytes had been deposited before."""

    document: Document
    created: bool


class ListDocuments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find documents, newest first.

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


class DocumentList(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page; `next` is the cursor of the following one; `emergency` asks for the banner."""

    documents: tuple[Document, ...]
    next: str | None = None
    emergency: bool = False


class ReadDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One document of a record, also a replaced or archived one, for it is asked for by its id."""

    patient_id: PatientId
    document_id: DocumentId
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False


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


class DocumentDeposited(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document entered a record; its content is to be kept."""

    topic = "records.document_deposited"
    bundle = 50
    patient_id: PatientId
    document_id: DocumentId
    content_id: ContentId
    depositor: Rpps
    secret: bool = False
    """Hidden from legal representatives; so for every event that says so."""
    withheld: bool = False
    """The patient may not know of it yet; so for every event that says so."""


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
    secret: bool = False
    withheld: bool = False


class DocumentAppeared(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document the patient could not see can be seen: by its date, or because its author lifted the mark."""

    topic = "records.document_appeared"
    patient_id: PatientId
    document_id: DocumentId
    secret: bool = False


class DocumentDeleted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document was deleted by whoever deposited it."""

    topic = "records.document_deleted"
    patient_id: PatientId
    document_id: DocumentId
    by_patient: bool
    secret: bool = False
    withheld: bool = False


class DocumentPurged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A record was destroyed, and with it this content: its key is to be destroyed."""

    topic = "records.document_purged"
    bundle = 50
    patient_id: PatientId
    document_id: DocumentId
    content_id: ContentId
    secret: bool = False


class RecordClosed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A record was closed; it is destroyed on `purge_on` unless it is reopened before."""

    topic = "records.record_closed"
    patient_id: PatientId
    purge_on: date
    destruction_asked: bool = False
    """Whether its holder asked for it to be destroyed early."""


class RecordReopened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A closed record is active again, with all it held."""

    topic = "records.record_reopened"
    patient_id: PatientId


class RecordPurged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A closed record and all it held was destroyed."""

    topic = "records.record_purged"
    patient_id: PatientId


class MajorityReached(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The holder has come of age: legal representatives have no access any more."""

    topic = "records.majority_reached"
    patient_id: PatientId


class RecordFirstRead(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A professional read this record for the first time; the holder must be told."""

    topic = "records.record_first_read"
    patient_id: PatientId
    rpps: Rpps
    secret: bool = False


_OPENERS = frozenset({Role.PROFESSIONAL, Role.AGENT})
_READERS = frozenset({Role.PROFESSIONAL, Role.PATIENT})
_VIEWERS = frozenset({Role.PROFESSIONAL, Role.PATIENT, Role.APP})
_DEPOSITORS = frozenset({Role.PROFESSIONAL})
_CLOSERS = frozenset({Role.PATIENT, Role.AGENT})
_OPERATOR = frozenset({Role.OPERATOR})


class Records(Api, service="records"):
    """The flat that keeps records and the entries of their documents."""

    open_record = Method(OpenRecord, Record, roles=_OPENERS)
    find_record = Method(FindRecord, RecordFound, roles=_OPENERS)
    holds_content = Method(HoldsContent, ContentHeld, roles=frozenset({Role.SERVICE}))
    status_of = Method(StatusOf, StatusFound, roles=_READERS | {Role.AGENT})
    prepare_deposit = Method(PrepareDeposit, Ticket, roles=_DEPOSITORS)
    deposit_document = Method(DepositDocument, Deposited, roles=_DEPOSITORS)
    list_documents = Method(ListDocuments, DocumentList, roles=_VIEWERS)
    get_document = Method(ReadDocument, Document, roles=_VIEWERS)
    open_content = Method(ReadDocument, Content, roles=_VIEWERS)
    set_visibility = Method(SetVisibility, Document, roles=_READERS)
    show_to_patient = Method(AboutDocument, Document, roles=_DEPOSITORS)
    archive_document = Method(ArchiveDocument, Document, roles=_READERS)
    delete_document = Method(AboutDocument, Deleted, roles=_READERS)
    get_record = Method(StatusOf, RecordFile, roles=frozenset({Role.PATIENT}))
    set_default_visibility = Method(SetDefaultVisibility, RecordFile, roles=frozenset({Role.PATIENT}))
    close_record = Method(CloseRecord, RecordFile, roles=_CLOSERS)
    reopen_record = Method(StatusOf, RecordFile, roles=_CLOSERS)
    request_destruction = Method(StatusOf, RecordFile, roles=frozenset({Role.PATIENT}))
    suspend_record = Method(StatusOf, RecordFile, roles=_OPERATOR)
    resume_record = Method(StatusOf, RecordFile, roles=_OPERATOR)
