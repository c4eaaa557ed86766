"""What happened to a record or to its documents."""

from datetime import date

from contracts.envelope import Event
from contracts.vocabulary import ContentId, DocumentId, PatientId, Rpps


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
