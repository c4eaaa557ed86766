"""The labels of a document as standards list them: its confidentiality, then its marks; and how they are changed."""

from contracts.errors import ExpectationFailed, HeaderContradicts, InvalidRequest, VersionMoved
from contracts.records import ChangeDocument, Entry, Expected
from contracts.vocabulary import DocumentStatus, Visibility
from services.records.domain.metadata import CONFIDENTIALITY


def labels_of(entry: Entry) -> tuple[str, ...]:
    """In the order they are shown."""
    return (entry.facts.confidentiality, *(mark.value for mark in entry.document.visibility))


def marks_after(entry: Entry, change: ChangeDocument) -> frozenset[Visibility]:
    """The marks a document shall bear.

    Raises:
        InvalidRequest: no such place or label. HeaderContradicts: the confidentiality its author gave it is another.
    """
    labels = list(labels_of(entry)) if change.labels is None else list(change.labels)
    for place in sorted(change.drop_labels, reverse=True):
        if not 0 <= place < len(labels):
            raise InvalidRequest(field="securityLabel")
        del labels[place]
    wanted = {*labels, *change.add_labels}
    if any(label in CONFIDENTIALITY and label != entry.facts.confidentiality for label in wanted):
        raise HeaderContradicts(field="securityLabel")
    try:
        return frozenset(Visibility(label) for label in wanted if label not in CONFIDENTIALITY)
    except ValueError:
        raise InvalidRequest(field="securityLabel") from None


def check_expected(entry: Entry, expected: Expected) -> None:
    """The document stood as whoever changed it thought.

    Raises:
        VersionMoved, ExpectationFailed.
    """
    document = entry.document
    if expected.version not in (None, document.version):
        raise VersionMoved
    # Standards know an archived document as a current one with a flag.
    is_archived = document.status is DocumentStatus.ARCHIVED
    status = DocumentStatus.CURRENT if is_archived else document.status
    if expected.status not in (None, status):
        raise ExpectationFailed(field="status")
    if expected.archived not in (None, is_archived):
        raise ExpectationFailed(field="isArchived")
