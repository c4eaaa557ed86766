"""Records: opened once, closed and reopened, known by their standing; who read them first."""

from datetime import date

import pytest

from contracts.vocabulary import RecordStatus
from services.records.domain import OnFile, Standing
from services.records.store import Cellar
from tests.integration.records.shelves import shelve
from tests.unit.records.specimens import (
    DAY,
    DEPOSITOR,
    INS,
    NOW,
    OTHER,
    PATIENT,
    STRANGER,
    filed,
    opening,
)

MAJORITY, PURGE = date(2031, 7, 14), date(2036, 3, 2)


def test_a_record_is_opened_once(cellar: Cellar) -> None:
    first = opening(majority_on=MAJORITY)
    assert cellar.records.on_file(PATIENT) is None
    assert cellar.records.open(first)
    assert not cellar.records.open(opening(opener="2"))
    for locked in (False, True):
        assert cellar.records.on_file(PATIENT, locked=locked) == OnFile(opening=first, status=RecordStatus.ACTIVE)


def test_no_record_has_no_standing(cellar: Cellar) -> None:
    assert cellar.records.standing(PATIENT, STRANGER) == Standing()


def test_a_record_is_known_by_its_standing(cellar: Cellar) -> None:
    cellar.records.open(opening(majority_on=MAJORITY))
    plain = Standing(status=RecordStatus.ACTIVE, ins=INS, majority_on=MAJORITY)
    for reader in (STRANGER, None):
        assert cellar.records.standing(PATIENT, reader) == plain
    cellar.records.set_default_visibility(PATIENT, masked=True)
    assert cellar.records.standing(PATIENT, None).default_masked
    cellar.records.set_default_visibility(PATIENT, masked=False)
    assert cellar.records.standing(PATIENT, None) == plain


@pytest.mark.parametrize("status", RecordStatus)
def test_a_record_stands_as_it_was_last_written(cellar: Cellar, status: RecordStatus) -> None:
    cellar.records.open(opening())
    cellar.records.open(opening(patient_id=OTHER))
    cellar.records.live_on(PATIENT, status)
    assert cellar.records.standing(PATIENT, None).status is status
    assert cellar.records.standing(OTHER, None).status is RecordStatus.ACTIVE


def test_reopening_takes_back_what_closing_planned(cellar: Cellar) -> None:
    cellar.records.open(opening(majority_on=MAJORITY))
    cellar.records.set_default_visibility(PATIENT, masked=True)
    before = cellar.records.on_file(PATIENT)
    cellar.records.live_on(PATIENT, RecordStatus.CLOSED, closed_at=NOW + DAY, reason="deces", purge_on=PURGE)
    closed = cellar.records.on_file(PATIENT)
    assert closed is not None
    assert (closed.status, closed.closed_at, closed.purge_on) == (RecordStatus.CLOSED, NOW + DAY, PURGE)
    cellar.records.live_on(PATIENT, RecordStatus.ACTIVE)
    assert cellar.records.on_file(PATIENT) == before


def test_who_has_fed_a_record_is_remembered(cellar: Cellar) -> None:
    for patient_id in (PATIENT, OTHER):
        cellar.records.open(opening(patient_id=patient_id))
    shelve(cellar, filed(), filed())
    assert cellar.records.standing(PATIENT, DEPOSITOR).has_deposited
    for patient_id, reader in ((PATIENT, STRANGER), (PATIENT, None), (OTHER, DEPOSITOR)):
        assert not cellar.records.standing(patient_id, reader).has_deposited


# First readings ----------------------------------------------------------------------------------


def test_a_first_reading_is_the_first_one_only(cellar: Cellar) -> None:
    cellar.records.open(opening())
    assert cellar.records.note_first_read(PATIENT, STRANGER, NOW, secret=False)
    assert not cellar.records.note_first_read(PATIENT, STRANGER, NOW + DAY, secret=False)
    assert cellar.records.standing(PATIENT, STRANGER).seen_before
    for reader in (DEPOSITOR, None):
        assert not cellar.records.standing(PATIENT, reader).seen_before


@pytest.mark.parametrize("secret", [False, True])
def test_first_readings_in_a_secret_connection_count_by_themselves(cellar: Cellar, secret: bool) -> None:
    cellar.records.open(opening())
    assert cellar.records.note_first_read(PATIENT, STRANGER, NOW, secret=secret)
    assert cellar.records.standing(PATIENT, STRANGER, secret=secret).seen_before
    assert not cellar.records.standing(PATIENT, STRANGER, secret=not secret).seen_before
    assert cellar.records.note_first_read(PATIENT, STRANGER, NOW, secret=not secret)
    assert cellar.records.standing(PATIENT, STRANGER, secret=not secret).seen_before
