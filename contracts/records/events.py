"""Events about records and their documents, all sent by records."""

from datetime import date

from contracts.envelope import Event
from contracts.vocabulary import ContentId, DocumentId, PatientId, Rpps


class DocumentDeposited(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document was deposited in a record: its content must be kept."""

    topic = "records.document_deposited"
    bundle = 50
    patient_id: PatientId
    document_id: DocumentId
    content_id: ContentId
    depositor: Rpps
    secret: bool = False
    """Hidden from legal representatives; the same in every event below."""
    withheld: bool = False
    """Not yet visible to the patient; the same in every event below."""


class ContentAbandoned(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Uploaded bytes did not become a document (refused or already known): they must be destroyed."""

    topic = "records.content_abandoned"
    bundle = 50
    patient_id: PatientId
    content_id: ContentId


class VisibilityChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document was hidden from professionals, or shown again.

    `by_patient`: False when a professional did it.
    """

    topic = "records.visibility_changed"
    patient_id: PatientId
    document_id: DocumentId
    by_patient: bool
    secret: bool = False
    withheld: bool = False


class DocumentAppeared(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document became visible to the patient, on its date or because its author lifted the mark."""

    topic = "records.document_appeared"
    patient_id: PatientId
    document_id: DocumentId
    secret: bool = False


class DocumentDeleted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A document was deleted by its depositor or by the patient."""

    topic = "records.document_deleted"
    patient_id: PatientId
    document_id: DocumentId
    by_patient: bool
    secret: bool = False
    withheld: bool = False


class DocumentPurged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A record was destroyed with this content: the key of the content must be destroyed."""

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
    """Whether its holder requested early destruction."""


class RecordReopened(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A closed record is active again, with all its documents."""

    topic = "records.record_reopened"
    patient_id: PatientId


class RecordPurged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A closed record and all its documents were destroyed."""

    topic = "records.record_purged"
    patient_id: PatientId


class MajorityReached(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The holder came of age: legal representatives no longer have access."""

    topic = "records.majority_reached"
    patient_id: PatientId


class RecordFirstRead(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A professional read this record for the first time: the holder must be informed."""

    topic = "records.record_first_read"
    patient_id: PatientId
    rpps: Rpps
    secret: bool = False
