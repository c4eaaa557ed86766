"""Security labels of documents, and changes of them."""

import pytest

from contracts.errors.execution import ExpectationFailed, HeaderContradicts, MarkNotChangeable, VersionMoved
from contracts.errors.request import InvalidRequest
from contracts.records.changes import ChangeDocument, ExpectedState
from contracts.vocabulary import DocumentStatus, Visibility
from services.records.domain.labels import check_expected, labels_of, marks_after
from services.records.domain.marks import check_changeable
from tests.unit.records.specimens import INVISIBLE_PATIENT, MASQUE_PS, NOW, SECRET, stored_document

ENTRY = stored_document(masked=True, invisible_until=NOW).entry


def test_confidentiality_comes_first_then_the_marks() -> None:
    assert labels_of(ENTRY) == ("N", "INVISIBLE_PATIENT", "MASQUE_PS")


@pytest.mark.parametrize(
    ("change", "marks"),
    [
        (ChangeDocument(labels=("N",)), set()),
        (ChangeDocument(labels=()), set()),
        (ChangeDocument(labels=("MASQUE_PS",)), {MASQUE_PS}),
        (ChangeDocument(drop_labels=(2,)), {INVISIBLE_PATIENT}),
        (ChangeDocument(drop_labels=(1, 2)), set()),
        (ChangeDocument(add_labels=("MASQUE_PS",)), {INVISIBLE_PATIENT, MASQUE_PS}),
        (ChangeDocument(drop_labels=(2,), add_labels=("MASQUE_PS",)), {INVISIBLE_PATIENT, MASQUE_PS}),
    ],
)
def test_labels_are_replaced_added_or_dropped_by_place(change: ChangeDocument, marks: set[Visibility]) -> None:
    assert marks_after(ENTRY, change) == marks


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (ChangeDocument(drop_labels=(3,)), InvalidRequest),
        (ChangeDocument(drop_labels=(-1,)), InvalidRequest),
        (ChangeDocument(labels=("SECRET",)), InvalidRequest),
        (ChangeDocument(labels=("V",)), HeaderContradicts),
    ],
)
def test_an_unknown_label_or_place_is_refused(change: ChangeDocument, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        marks_after(ENTRY, change)


def test_marks_of_the_deposit_are_only_removed_later() -> None:
    document = stored_document(masked=True).document
    check_changeable(document, frozenset())
    check_changeable(stored_document(secret=True).document, frozenset({SECRET, MASQUE_PS}))
    for marks in ({INVISIBLE_PATIENT}, {SECRET}):
        with pytest.raises(MarkNotChangeable):
            check_changeable(document, frozenset(marks))
    with pytest.raises(MarkNotChangeable):
        check_changeable(stored_document(secret=True).document, frozenset())


def test_a_change_expects_version_and_status() -> None:
    archived = stored_document(status=DocumentStatus.ARCHIVED).entry
    check_expected(archived, ExpectedState(version=1, status=DocumentStatus.CURRENT, archived=True))
    check_expected(ENTRY, ExpectedState())
    with pytest.raises(VersionMoved):
        check_expected(ENTRY, ExpectedState(version=2))
    with pytest.raises(ExpectationFailed):
        check_expected(ENTRY, ExpectedState(status=DocumentStatus.SUPERSEDED))
    with pytest.raises(ExpectationFailed):
        check_expected(ENTRY, ExpectedState(archived=True))
