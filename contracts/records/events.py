"""Events about records and their documents, all sent by records."""

from datetime import date, datetime

from contracts.envelope import PatientEvent
from contracts.vocabulary import ContentId, DepositorKind, DocumentId, OpeningChannel, Rpps


class DocumentDeposited(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A document was deposited in a record: its content must be kept."""

    topic = "records.document_deposited"
    bundle = 50
    document_id: DocumentId
    content_id: ContentId
    depositor: str
    """Their id, by `depositor_kind`."""
    depositor_kind: DepositorKind = DepositorKind.PROFESSIONAL
    secret: bool = False
    """Hidden from legal representatives; the same in every event below."""
    withheld: bool = False
    """Not yet visible to the patient; the same in every event below."""


class ContentAbandoned(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Uploaded bytes did not become a document (refused or already known): they must be destroyed."""

    topic = "records.content_abandoned"
    bundle = 50
    content_id: ContentId


class VisibilityChanged(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A document was hidden from professionals, or shown again.

    `by_patient`: False when a professional did it.
    """

    topic = "records.visibility_changed"
    document_id: DocumentId
    by_patient: bool
    secret: bool = False
    withheld: bool = False


class DocumentAppeared(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A document became visible to the patient, on its date or because its author lifted the mark."""

    topic = "records.document_appeared"
    document_id: DocumentId
    secret: bool = False


class DocumentDeleted(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A document was deleted by its depositor or by the patient."""

    topic = "records.document_deleted"
    document_id: DocumentId
    by_patient: bool
    secret: bool = False
    withheld: bool = False


class DocumentPurged(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A record was destroyed with this content: the key of the content must be destroyed."""

    topic = "records.document_purged"
    bundle = 50
    document_id: DocumentId
    content_id: ContentId
    secret: bool = False


class RecordOpened(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A record was opened.

    `opener`: RPPS or name of an agent. `department`: of the structure, as official statistics number them.
    """

    topic = "records.record_opened"
    channel: OpeningChannel
    opener: str
    at: datetime
    structure: str | None = None
    profession: str | None = None
    department: str | None = None


class RecordClosed(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A record was closed; it is destroyed on `purge_on` unless it is reopened before."""

    topic = "records.record_closed"
    purge_on: date
    destruction_asked: bool = False
    """Whether its holder requested early destruction."""


class RecordReopened(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A closed record is active again, with all its documents."""

    topic = "records.record_reopened"


class RecordPurged(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A closed record and all its documents were destroyed."""

    topic = "records.record_purged"


class MajorityReached(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The holder came of age: legal representatives no longer have access."""

    topic = "records.majority_reached"


class RecordFirstRead(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A professional read this record for the first time: the holder must be informed."""

    topic = "records.record_first_read"
    rpps: Rpps
    secret: bool = False
