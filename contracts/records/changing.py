"""Several changes of one document at once, also of one that only its identifier is known of."""

import msgspec

from contracts.records.entries import Entry
from contracts.vocabulary import DocumentId, DocumentStatus, PatientId


class Expected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a document must stand for a change to be made; None: it does not matter."""

    version: int | None = None
    status: DocumentStatus | None = None
    archived: bool | None = None


class ChangeDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Change a document's marks and state, all or nothing; what is None or empty stays.

    Named by `patient_id` and `document_id`, or by `identifier` (uniqueId, entryUUID or logicalId) alone.
    `labels`: its confidentiality and all marks it shall bear. `add_labels`: more of them. `drop_labels`: places in
    the list of its confidentiality and its marks, from 0. `deleted`: excludes every other change.
    """

    patient_id: PatientId | None = None
    document_id: DocumentId | None = None
    identifier: str | None = None
    labels: tuple[str, ...] | None = None
    add_labels: tuple[str, ...] = ()
    drop_labels: tuple[int, ...] = ()
    archived: bool | None = None
    deleted: bool = False
    expected: Expected = Expected()


class Changed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the document is, and its entry as it is now; no entry when it was deleted."""

    patient_id: PatientId | None = None
    entry: Entry | None = None
