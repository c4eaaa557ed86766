"""Records: opened once, closed and reopened, known by their standing; who read them first."""

from datetime import date

import pytest

from contracts.vocabulary import RecordStatus
from services.records.domain import RecordContext, StoredRecord
from services.records.repositories import Repositories
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
    stored,
)

MAJORITY, PURGE = date(2031, 7, 14), date(2036, 3, 2)


def test_a_record_is_opened_once(repositories: Repositories) -> None:
    first = opening(majority_on=MAJORITY)
    assert repositories.records.stored_record(PATIENT) is None
    assert repositories.records.open(first)
    assert not repositories.records.open(opening(opener="2"))
    for locked in (False, True):
        assert repositories.records.stored_record(PATIENT, locked=locked) == StoredRecord(
            opening=first, status=RecordStatus.ACTIVE
        )


def test_no_record_has_no_standing(repositories: Repositories) -> None:
    assert repositories.records.record_context(PATIENT, STRANGER) == RecordContext()


def test_a_record_is_known_by_its_standing(repositories: Repositories) -> None:
    repositories.records.open(opening(majority_on=MAJORITY))
    plain = RecordContext(status=RecordStatus.ACTIVE, ins=INS, majority_on=MAJORITY)
    for reader in (STRANGER, None):
        assert repositories.records.record_context(PATIENT, reader) == plain
    repositories.records.set_default_visibility(PATIENT, masked=True)
    assert repositories.records.record_context(PATIENT, None).default_masked
    repositories.records.set_default_visibility(PATIENT, masked=False)
    assert repositories.records.record_context(PATIENT, None) == plain


@pytest.mark.parametrize("status", RecordStatus)
def test_a_record_stands_as_it_was_last_written(repositories: Repositories, status: RecordStatus) -> None:
    repositories.records.open(opening())
    repositories.records.open(opening(patient_id=OTHER))
    repositories.records.live_on(PATIENT, status)
    assert repositories.records.record_context(PATIENT, None).status is status
    assert repositories.records.record_context(OTHER, None).status is RecordStatus.ACTIVE


def test_reopening_takes_back_what_closing_planned(repositories: Repositories) -> None:
    repositories.records.open(opening(majority_on=MAJORITY))
    repositories.records.set_default_visibility(PATIENT, masked=True)
    before = repositories.records.stored_record(PATIENT)
    repositories.records.live_on(PATIENT, RecordStatus.CLOSED, closed_at=NOW + DAY, reason="deces", purge_on=PURGE)
    closed = repositories.records.stored_record(PATIENT)
    assert closed is not None
    assert (closed.status, closed.closed_at, closed.purge_on) == (RecordStatus.CLOSED, NOW + DAY, PURGE)
    repositories.records.live_on(PATIENT, RecordStatus.ACTIVE)
    assert repositories.records.stored_record(PATIENT) == before


def test_who_has_fed_a_record_is_remembered(repositories: Repositories) -> None:
    for patient_id in (PATIENT, OTHER):
        repositories.records.open(opening(patient_id=patient_id))
    store(repositories, stored(), stored())
    assert repositories.records.record_context(PATIENT, DEPOSITOR).has_deposited
    for patient_id, reader in ((PATIENT, STRANGER), (PATIENT, None), (OTHER, DEPOSITOR)):
        assert not repositories.records.record_context(patient_id, reader).has_deposited


# First readings ----------------------------------------------------------------------------------


def test_a_first_reading_is_the_first_one_only(repositories: Repositories) -> None:
    repositories.records.open(opening())
    assert repositories.records.note_first_read(PATIENT, STRANGER, NOW, secret=False)
    assert not repositories.records.note_first_read(PATIENT, STRANGER, NOW + DAY, secret=False)
    assert repositories.records.record_context(PATIENT, STRANGER).seen_before
    for reader in (DEPOSITOR, None):
        assert not repositories.records.record_context(PATIENT, reader).seen_before


@pytest.mark.parametrize("secret", [False, True])
def test_first_readings_in_a_secret_connection_count_by_themselves(repositories: Repositories, secret: bool) -> None:
    repositories.records.open(opening())
    assert repositories.records.note_first_read(PATIENT, STRANGER, NOW, secret=secret)
    assert repositories.records.record_context(PATIENT, STRANGER, secret=secret).seen_before
    assert not repositories.records.record_context(PATIENT, STRANGER, secret=not secret).seen_before
    assert repositories.records.note_first_read(PATIENT, STRANGER, NOW, secret=not secret)
    assert repositories.records.record_context(PATIENT, STRANGER, secret=not secret).seen_before
