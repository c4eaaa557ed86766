"""Visibility marks: what a depositor may request, and later changes."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from contracts.errors.execution import DocumentTransitionRefused
from contracts.errors.request import InvalidRequest, SecretRequired, VisibilityForbidden
from contracts.records.documents import Document
from contracts.vocabulary import DocumentStatus, Visibility
from services.records.domain.marks import MarkRules, Marks, changed, marks_of_deposit, shown, with_mask
from tests.unit.records.specimens import (
    DAY,
    INVISIBLE_PATIENT,
    MASQUE_PS,
    NOW,
    PAIR_PERMITTED,
    RULES,
    SECRET,
    document,
)

TICK = timedelta(microseconds=1)
LATEST = NOW + RULES.invisible_span
ENTRY = UUID(int=9)


def deposited(
    *requested: Visibility,
    until: datetime | None = None,
    secret: bool = False,
    default_masked: bool = False,
    rules: MarkRules = RULES,
) -> Marks:
    return marks_of_deposit(requested, until, secret=secret, default_masked=default_masked, rules=rules, now=NOW)


def test_a_document_has_no_mark_unless_requested() -> None:
    assert deposited() == Marks()


def test_marks_are_sorted_and_unique() -> None:
    assert deposited(SECRET, MASQUE_PS, SECRET).visibility == (SECRET, MASQUE_PS)


def test_hiding_from_professionals_and_patient_needs_the_setting() -> None:
    with pytest.raises(VisibilityForbidden):
        deposited(MASQUE_PS, INVISIBLE_PATIENT)
    both = deposited(MASQUE_PS, INVISIBLE_PATIENT, rules=PAIR_PERMITTED)
    assert both == Marks(visibility=(INVISIBLE_PATIENT, MASQUE_PS), invisible_until=LATEST)


# Until when it is hidden from the patient ----------------------------------------------------------


def test_it_appears_after_the_usual_span_unless_a_date_is_given() -> None:
    assert deposited(INVISIBLE_PATIENT).invisible_until == LATEST
    assert deposited(INVISIBLE_PATIENT, until=NOW + DAY).invisible_until == NOW + DAY


@pytest.mark.parametrize("until", [NOW + TICK, LATEST], ids=["next instant", "latest"])
def test_a_date_within_the_limits_is_kept(until: datetime) -> None:
    assert deposited(INVISIBLE_PATIENT, until=until).invisible_until == until


@pytest.mark.parametrize(
    "until",
    [NOW - DAY, NOW, LATEST + TICK, (NOW + DAY).replace(tzinfo=None)],
    ids=["past", "now", "too far", "no timezone"],
)
def test_any_other_date_is_refused_naming_the_field(until: datetime) -> None:
    with pytest.raises(InvalidRequest) as refused:
        deposited(INVISIBLE_PATIENT, until=until)
    assert refused.value.details == {"field": "invisible_until"}


def test_the_limits_do_not_depend_on_the_time_zone() -> None:
    paris = timezone(timedelta(hours=1))
    assert deposited(INVISIBLE_PATIENT, until=LATEST.astimezone(paris)).invisible_until == LATEST
    with pytest.raises(InvalidRequest):
        deposited(INVISIBLE_PATIENT, until=(LATEST + TICK).astimezone(paris))


def test_a_date_without_the_mark_is_refused() -> None:
    for marks in ((), (MASQUE_PS,), (SECRET,)):
        with pytest.raises(InvalidRequest):
            deposited(*marks, until=NOW + DAY)


# Secret connection, and the holder's default ------------------------------------------------------


def test_a_secret_deposit_must_be_hidden_from_representatives() -> None:
    refused: list[tuple[Visibility, ...]] = [(), (MASQUE_PS,), (INVISIBLE_PATIENT,)]
    for marks in refused:
        with pytest.raises(SecretRequired):
            deposited(*marks, secret=True)
    assert deposited(SECRET, secret=True) == Marks(visibility=(SECRET,))


def test_hiding_from_representatives_needs_no_secret_connection() -> None:
    assert deposited(SECRET).visibility == (SECRET,)


@pytest.mark.parametrize(
    ("requested", "rules", "marks"),
    [
        ((), RULES, (MASQUE_PS,)),
        ((MASQUE_PS,), RULES, (MASQUE_PS,)),
        ((SECRET,), RULES, (SECRET, MASQUE_PS)),
        ((INVISIBLE_PATIENT,), RULES, (INVISIBLE_PATIENT,)),
        ((INVISIBLE_PATIENT,), PAIR_PERMITTED, (INVISIBLE_PATIENT, MASQUE_PS)),
    ],
)
def test_the_holders_default_is_added_unless_it_conflicts_with_a_requested_mark(
    requested: tuple[Visibility, ...], rules: MarkRules, marks: tuple[Visibility, ...]
) -> None:
    assert deposited(*requested, default_masked=True, rules=rules).visibility == marks


# Later changes ------------------------------------------------------------------------


def test_hiding_changes_entry_uuid_and_version_and_keeps_the_logical_id() -> None:
    before = document(secret=True)
    after = with_mask(before, masque_ps=True, rules=RULES, entry_uuid=ENTRY)
    assert after.visibility == (SECRET, MASQUE_PS)
    assert (after.document_id, after.unique_id) == (before.document_id, before.unique_id)
    assert (after.entry_uuid, after.version) == (f"urn:uuid:{ENTRY}", before.version + 1)


def test_showing_again_removes_that_mark_only() -> None:
    before = document(secret=True, masked=True, invisible_until=NOW + DAY)
    after = with_mask(before, masque_ps=False, rules=RULES, entry_uuid=ENTRY)
    assert after.visibility == (INVISIBLE_PATIENT, SECRET)
    assert after.invisible_until == before.invisible_until


def test_masking_a_document_hidden_from_the_patient_needs_the_setting() -> None:
    before = document(invisible_until=NOW + DAY)
    with pytest.raises(VisibilityForbidden):
        with_mask(before, masque_ps=True, rules=RULES, entry_uuid=ENTRY)
    after = with_mask(before, masque_ps=True, rules=PAIR_PERMITTED, entry_uuid=ENTRY)
    assert after.visibility == (INVISIBLE_PATIENT, MASQUE_PS)


def test_showing_to_the_patient_removes_mark_and_date() -> None:
    before = document(secret=True, masked=True, invisible_until=NOW + DAY)
    after = shown(before, entry_uuid=ENTRY)
    assert (after.visibility, after.invisible_until) == ((SECRET, MASQUE_PS), None)
    assert (after.entry_uuid, after.version) == (f"urn:uuid:{ENTRY}", before.version + 1)


CHANGES: list[Callable[[Document], Document]] = [
    lambda before: shown(before, entry_uuid=ENTRY),
    lambda before: with_mask(before, masque_ps=True, rules=PAIR_PERMITTED, entry_uuid=ENTRY),
    lambda before: changed(before, entry_uuid=ENTRY, status=DocumentStatus.ARCHIVED),
]


@pytest.mark.parametrize("change", CHANGES, ids=["shown", "hidden", "moved"])
@pytest.mark.parametrize("status", [status for status in DocumentStatus if status is not DocumentStatus.DELETED])
def test_metadata_may_change_in_every_status_but_deleted(
    status: DocumentStatus, change: Callable[[Document], Document]
) -> None:
    before = document(status=status, invisible_until=NOW + DAY)
    after = change(before)
    assert (after.entry_uuid, after.version) == (f"urn:uuid:{ENTRY}", before.version + 1)


@pytest.mark.parametrize("change", CHANGES, ids=["shown", "hidden", "moved"])
def test_a_deleted_document_does_not_change(change: Callable[[Document], Document]) -> None:
    with pytest.raises(DocumentTransitionRefused):
        change(document(status=DocumentStatus.DELETED, invisible_until=NOW + DAY))
