"""Security labels of a document (FHIR): its confidentiality, then its visibility marks; and changes of them."""

from contracts.errors.execution import ExpectationFailed, HeaderContradicts, VersionMoved
from contracts.errors.request import InvalidRequest
from contracts.records.changes import ChangeDocument, ExpectedState
from contracts.records.entries import DocumentEntry
from contracts.vocabulary import DocumentStatus, Visibility
from services.records.domain.metadata import CONFIDENTIALITY


def labels_of(entry: DocumentEntry) -> tuple[str, ...]:
    """The confidentiality, then the marks in their stored order."""
    return (entry.facts.confidentiality, *(mark.value for mark in entry.document.visibility))


def marks_after(entry: DocumentEntry, change: ChangeDocument) -> frozenset[Visibility]:
    """The marks of a document after a change.

    Raises:
        InvalidRequest: no such place or label. HeaderContradicts: a confidentiality other than its author's.
    """
    labels = list(labels_of(entry)) if change.labels is None else list(change.labels)
    for place in sorted(change.drop_labels, reverse=True):
        if not 0 <= place < len(labels):
            raise InvalidRequest(field="securityLabel")
        del labels[place]
    after = {*labels, *change.add_labels}
    if any(label in CONFIDENTIALITY and label != entry.facts.confidentiality for label in after):
        raise HeaderContradicts(field="securityLabel")
    try:
        return frozenset(Visibility(label) for label in after if label not in CONFIDENTIALITY)
    except ValueError:
        raise InvalidRequest(field="securityLabel") from None


def check_expected(entry: DocumentEntry, expected: ExpectedState) -> None:
    """Check the version and status that a change expects.

    Raises:
        VersionMoved, ExpectationFailed.
    """
    document = entry.document
    if expected.version not in (None, document.version):
        raise VersionMoved
    # In the standards an archived document is a current one with a flag.
    is_archived = document.status is DocumentStatus.ARCHIVED
    status = DocumentStatus.CURRENT if is_archived else document.status
    if expected.status not in (None, status):
        raise ExpectationFailed(field="status")
    if expected.archived not in (None, is_archived):
        raise ExpectationFailed(field="isArchived")
