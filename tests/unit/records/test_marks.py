"""The marks of a document: what a depositor may ask for, and how marks change afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from contracts.errors import DocumentTransitionRefused, InvalidRequest, SecretRequired, VisibilityForbidden
from contracts.records import Document
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
    *asked: Visibility,
    until: datetime | None = None,
    secret: bool = False,
    default_masked: bool = False,
    rules: MarkRules = RULES,
) -> Marks:
    return marks_of_deposit(asked, until, secret=secret, default_masked=default_masked, rules=rules, now=NOW)


def test_a_document_bears_no_mark_unless_one_is_asked_for() -> None:
    assert deposited() == Marks()


def test_marks_come_back_sorted_and_once() -> None:
    assert deposited(SECRET, MASQUE_PS, SECRET).visibility == (SECRET, MASQUE_PS)


def test_hidden_from_professionals_and_patient_at_once_only_where_the_parameter_permits() -> None:
    with pytest.raises(VisibilityForbidden):
        deposited(MASQUE_PS, INVISIBLE_PATIENT)
    both = deposited(MASQUE_PS, INVISIBLE_PATIENT, rules=PAIR_PERMITTED)
    assert both == Marks(visibility=(INVISIBLE_PATIENT, MASQUE_PS), invisible_until=LATEST)


# Until when the patient does not see it ----------------------------------------------------------


def test_it_appears_after_the_usual_span_unless_a_date_is_given() -> None:
    assert deposited(INVISIBLE_PATIENT).invisible_until == LATEST
    assert deposited(INVISIBLE_PATIENT, until=NOW + DAY).invisible_until == NOW + DAY


@pytest.mark.parametrize("until", [NOW + TICK, LATEST], ids=["the next moment", "the latest"])
def test_a_date_within_the_limits_holds(until: datetime) -> None:
    assert deposited(INVISIBLE_PATIENT, until=until).invisible_until == until


@pytest.mark.parametrize(
    "until",
    [NOW - DAY, NOW, LATEST + TICK, (NOW + DAY).replace(tzinfo=None)],
    ids=["past", "now", "too far", "of no timezone"],
)
def test_any_other_date_is_refused_by_name_of_the_field(until: datetime) -> None:
    with pytest.raises(InvalidRequest) as refused:
        deposited(INVISIBLE_PATIENT, until=until)
    assert refused.value.details == {"field": "invisible_until"}


def test_limits_are_moments_wherever_the_clock_hangs() -> None:
    paris = timezone(timedelta(hours=1))
    assert deposited(INVISIBLE_PATIENT, until=LATEST.astimezone(paris)).invisible_until == LATEST
    with pytest.raises(InvalidRequest):
        deposited(INVISIBLE_PATIENT, until=(LATEST + TICK).astimezone(paris))


def test_a_date_without_the_mark_is_refused() -> None:
    for marks in ((), (MASQUE_PS,), (SECRET,)):
        with pytest.raises(InvalidRequest):
            deposited(*marks, until=NOW + DAY)


# Secret connection, and what the holder set ------------------------------------------------------


def test_a_secret_connection_takes_only_what_is_hidden_from_legal_representatives() -> None:
    refused: list[tuple[Visibility, ...]] = [(), (MASQUE_PS,), (INVISIBLE_PATIENT,)]
    for marks in refused:
        with pytest.raises(SecretRequired):
            deposited(*marks, secret=True)
    assert deposited(SECRET, secret=True) == Marks(visibility=(SECRET,))


def test_hiding_from_legal_representatives_needs_no_secret_connection() -> None:
    assert deposited(SECRET).visibility == (SECRET,)


@pytest.mark.parametrize(
    ("asked", "rules", "borne"),
    [
        ((), RULES, (MASQUE_PS,)),
        ((MASQUE_PS,), RULES, (MASQUE_PS,)),
        ((SECRET,), RULES, (SECRET, MASQUE_PS)),
        ((INVISIBLE_PATIENT,), RULES, (INVISIBLE_PATIENT,)),
        ((INVISIBLE_PATIENT,), PAIR_PERMITTED, (INVISIBLE_PATIENT, MASQUE_PS)),
    ],
)
def test_what_the_holder_set_is_added_unless_it_is_forbidden_beside_what_is_asked(
    asked: tuple[Visibility, ...], rules: MarkRules, borne: tuple[Visibility, ...]
) -> None:
    assert deposited(*asked, default_masked=True, rules=rules).visibility == borne


# Changing them afterwards ------------------------------------------------------------------------


def test_hiding_gives_a_new_entry_uuid_and_version_and_keeps_the_logical_id() -> None:
    before = document(secret=True)
    after = with_mask(before, masque_ps=True, rules=RULES, entry_uuid=ENTRY)
    assert after.visibility == (SECRET, MASQUE_PS)
    assert (after.document_id, after.unique_id) == (before.document_id, before.unique_id)
    assert (after.entry_uuid, after.version) == (f"urn:uuid:{ENTRY}", before.version + 1)


def test_showing_again_takes_off_that_mark_only() -> None:
    before = document(secret=True, masked=True, invisible_until=NOW + DAY)
    after = with_mask(before, masque_ps=False, rules=RULES, entry_uuid=ENTRY)
    assert after.visibility == (INVISIBLE_PATIENT, SECRET)
    assert after.invisible_until == before.invisible_until


def test_what_the_patient_does_not_see_yet_is_hidden_only_where_the_parameter_permits() -> None:
    before = document(invisible_until=NOW + DAY)
    with pytest.raises(VisibilityForbidden):
        with_mask(before, masque_ps=True, rules=RULES, entry_uuid=ENTRY)
    after = with_mask(before, masque_ps=True, rules=PAIR_PERMITTED, entry_uuid=ENTRY)
    assert after.visibility == (INVISIBLE_PATIENT, MASQUE_PS)


def test_a_document_shown_to_the_patient_loses_mark_and_date_together() -> None:
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
def test_metadata_change_in_every_state_but_one(
    status: DocumentStatus, change: Callable[[Document], Document]
) -> None:
    before = document(status=status, invisible_until=NOW + DAY)
    after = change(before)
    assert (after.entry_uuid, after.version) == (f"urn:uuid:{ENTRY}", before.version + 1)


@pytest.mark.parametrize("change", CHANGES, ids=["shown", "hidden", "moved"])
def test_a_deleted_document_does_not_change(change: Callable[[Document], Document]) -> None:
    with pytest.raises(DocumentTransitionRefused):
        change(document(status=DocumentStatus.DELETED, invisible_until=NOW + DAY))
