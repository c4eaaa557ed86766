"""Records: opened once, closed and reopened; their state for a reader; first reads."""

from datetime import date

import msgspec
import pytest

from contracts.vocabulary import RecordStatus
from services.records.domain import RecordState
from services.records.domain.stored import DefaultMask, StoredRecord
from services.records.domain.traits import HolderTraits
from services.records.repositories.all import Repositories
from tests.integration.records.stored_documents import store
from tests.unit.records.specimens import (
    DAY,
    DEPOSITOR,
    INS,
    NOW,
    OTHER,
    PATIENT,
    STRANGER,
    opening,
    stored_document,
)

MAJORITY, PURGE = date(2031, 7, 14), date(2036, 3, 2)


def test_a_record_is_opened_once(repositories: Repositories) -> None:
    first = opening(majority_on=MAJORITY)
    assert repositories.records.get(PATIENT) is None
    assert repositories.records.open(first)
    assert not repositories.records.open(opening(opener="2"))
    for locked in (False, True):
        assert repositories.records.get(PATIENT, locked=locked) == StoredRecord(
            opening=first, status=RecordStatus.ACTIVE
        )


def test_without_a_record_the_state_is_unset(repositories: Repositories) -> None:
    assert repositories.records.state(PATIENT, STRANGER) == RecordState()


def test_the_state_of_a_record(repositories: Repositories) -> None:
    repositories.records.open(opening(majority_on=MAJORITY))
    active = RecordStatus.ACTIVE
    plain = RecordState(patient_id=PATIENT, status=active, own_status=active, ins=INS, majority_on=MAJORITY)
    for reader in (STRANGER, None):
        assert repositories.records.state(PATIENT, reader) == plain
    repositories.records.set_default_visibility(PATIENT, masked=True, giver="")
    assert repositories.records.state(PATIENT, None).default_mask == DefaultMask(own=True)
    repositories.records.set_default_visibility(PATIENT, masked=False, giver="")
    assert repositories.records.state(PATIENT, None) == plain


def known_traits(repositories: Repositories) -> list[HolderTraits | None]:
    """The holder's traits in the record, and in its state."""
    stored = repositories.records.get(PATIENT)
    assert stored is not None
    return [stored.opening.traits, repositories.records.state(PATIENT, None).traits]


def test_the_traits_of_the_holder_are_kept_with_the_record_and_replaced(repositories: Repositories) -> None:
    records = repositories.records
    at_opening = HolderTraits(birth_name="pat trois", given_names="dominique", birth_date=MAJORITY, sex="F")
    records.open(opening(traits=at_opening))
    records.open(opening(patient_id=OTHER))
    assert known_traits(repositories) == [at_opening] * 2
    corrected = msgspec.structs.replace(at_opening, birth_name="pat quatre", birth_date=PURGE)
    records.set_traits(PATIENT, corrected)
    assert known_traits(repositories) == [corrected] * 2
    assert records.state(OTHER, None).traits is None


def test_what_a_representative_sets_in_the_holders_place_is_kept_apart_and_ends_with_them(
    repositories: Repositories,
) -> None:
    records = repositories.records
    records.open(opening(majority_on=MAJORITY))
    records.set_default_visibility(PATIENT, masked=True, giver="")
    records.set_default_visibility(PATIENT, masked=False, giver=str(OTHER))
    in_place = DefaultMask(own=True, by_representative=False)
    assert records.state(PATIENT, None).default_mask == in_place

    records.forget_default_visibility_of(PATIENT, PATIENT)
    assert records.state(PATIENT, None).default_mask == in_place
    records.forget_default_visibility_of(PATIENT, OTHER)
    assert records.state(PATIENT, None).default_mask == DefaultMask(own=True)

    records.set_default_visibility(PATIENT, masked=False, giver=str(OTHER))
    repositories.dates.come_of_age(MAJORITY, most=1)
    assert records.state(PATIENT, None).default_mask == DefaultMask(own=True)


@pytest.mark.parametrize("status", RecordStatus)
def test_the_status_is_the_last_one_written(repositories: Repositories, status: RecordStatus) -> None:
    repositories.records.open(opening())
    repositories.records.open(opening(patient_id=OTHER))
    repositories.records.set_status(PATIENT, status)
    assert repositories.records.state(PATIENT, None).status is status
    assert repositories.records.state(OTHER, None).status is RecordStatus.ACTIVE


def test_reopening_clears_what_closing_wrote(repositories: Repositories) -> None:
    repositories.records.open(opening(majority_on=MAJORITY))
    repositories.records.set_default_visibility(PATIENT, masked=True, giver="")
    before = repositories.records.get(PATIENT)
    repositories.records.set_status(PATIENT, RecordStatus.CLOSED, closed_at=NOW + DAY, reason="deces", purge_on=PURGE)
    closed = repositories.records.get(PATIENT)
    assert closed is not None
    assert (closed.status, closed.closed_at, closed.purge_on) == (RecordStatus.CLOSED, NOW + DAY, PURGE)
    repositories.records.set_status(PATIENT, RecordStatus.ACTIVE)
    assert repositories.records.get(PATIENT) == before


def test_depositors_of_a_record_are_remembered(repositories: Repositories) -> None:
    for patient_id in (PATIENT, OTHER):
        repositories.records.open(opening(patient_id=patient_id))
    store(repositories, stored_document(), stored_document())
    assert repositories.records.state(PATIENT, DEPOSITOR).has_deposited
    for patient_id, reader in ((PATIENT, STRANGER), (PATIENT, None), (OTHER, DEPOSITOR)):
        assert not repositories.records.state(patient_id, reader).has_deposited


# First reads ----------------------------------------------------------------------------------


def test_a_first_read_is_noted_once(repositories: Repositories) -> None:
    repositories.records.open(opening())
    assert repositories.records.note_first_read(PATIENT, STRANGER, NOW, secret=False)
    assert not repositories.records.note_first_read(PATIENT, STRANGER, NOW + DAY, secret=False)
    assert repositories.records.state(PATIENT, STRANGER).seen_before
    for reader in (DEPOSITOR, None):
        assert not repositories.records.state(PATIENT, reader).seen_before


@pytest.mark.parametrize("secret", [False, True])
def test_first_reads_in_a_secret_connection_are_counted_apart(repositories: Repositories, secret: bool) -> None:
    repositories.records.open(opening())
    assert repositories.records.note_first_read(PATIENT, STRANGER, NOW, secret=secret)
    assert repositories.records.state(PATIENT, STRANGER, secret=secret).seen_before
    assert not repositories.records.state(PATIENT, STRANGER, secret=not secret).seen_before
    assert repositories.records.note_first_read(PATIENT, STRANGER, NOW, secret=not secret)
    assert repositories.records.state(PATIENT, STRANGER, secret=not secret).seen_before
