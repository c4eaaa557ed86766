"""Several changes of one document at once, also of one that only its identifier is known of."""

import msgspec

from contracts.records.entries import Entry
from contracts.vocabulary import DocumentId, PatientId, Visibility


class ChangeDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Change a document's marks and state, all or nothing; what is None stays.

    Named by `patient_id` and `document_id`, or by `identifier` (uniqueId, entryUUID or logicalId) alone. `marks`: all
    it shall bear. `deleted`: True deletes it, and excludes every other change.
    """

    patient_id: PatientId | None = None
    document_id: DocumentId | None = None
    identifier: str | None = None
    marks: tuple[Visibility, ...] | None = None
    archived: bool | None = None
    deleted: bool = False


class Changed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The entry as it is now; None when it was deleted."""

    entry: Entry | None = None
