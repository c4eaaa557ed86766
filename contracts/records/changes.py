"""Messages that change several properties of a document at once."""

import msgspec

from contracts.records.entries import DocumentEntry
from contracts.vocabulary import DocumentId, DocumentStatus, PatientId


class ExpectedState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Precondition of a change; None: not checked."""

    version: int | None = None
    status: DocumentStatus | None = None
    archived: bool | None = None


class ChangeDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Change a document's confidentiality marks and state in one step; None or empty leaves as is.

    The document is named by `patient_id` and `document_id`, or by `identifier` alone (uniqueId, entryUUID or
    logicalId).
    `labels`: its new confidentiality and marks. `add_labels`: marks to add. `drop_labels`: indexes, from 0, into the
    list of its confidentiality and marks. `deleted`: excludes every other change.
    """

    patient_id: PatientId | None = None
    document_id: DocumentId | None = None
    identifier: str | None = None
    labels: tuple[str, ...] | None = None
    add_labels: tuple[str, ...] = ()
    drop_labels: tuple[int, ...] = ()
    archived: bool | None = None
    deleted: bool = False
    expected: ExpectedState = ExpectedState()


class ChangedDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record of the document and its new entry; no entry if it was deleted."""

    patient_id: PatientId | None = None
    entry: DocumentEntry | None = None
