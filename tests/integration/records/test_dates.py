"""Rows that are due are taken once, by one replica; a destroyed record is gone from all tables."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from contracts.vocabulary import DocumentStatus, PatientId, RecordStatus, Rpps
from services.records.domain.visits import RecordVisit
from services.records.repositories.all import Repositories
from services.records.repositories.dates import AppearingDocument, DateRepository
from tests.integration.records.stored_documents import ALL, store
from tests.unit.records.specimens import (
    DAY,
    DEPOSITOR,
    NOW,
    OTHER,
    PATIENT,
    STRANGER,
    opening,
    permit_with,
    receipt,
    stored_document,
)

TICK = timedelta(microseconds=1)
TODAY, TOMORROW = NOW.date(), (NOW + DAY).date()
MANY = 40
PATIENTS = [PatientId(UUID(int=1000 + number)) for number in range(MANY)]

Take = Callable[[DateRepository, int], Sequence[object]]


def take_appearing(dates: DateRepository, most: int) -> Sequence[object]:
    """As the timer does: select, then remove the mark."""
    due = dates.appearing(NOW, most=most)
    for document in due:
        dates.show(document.patient_id, document.document_id, "urn:uuid:new", NOW)
    return [document.patient_id for document in due]


def take_majorities(dates: DateRepository, most: int) -> Sequence[object]:
    return dates.come_of_age(TODAY, most=most)


def take_purges(dates: DateRepository, most: int) -> Sequence[object]:
    """As the timer does: select, then destroy."""
    due = dates.to_purge(TODAY, most=most)
    for patient_id in due:
        dates.destroy(patient_id)
    return due


EVERY_TIMER = pytest.mark.parametrize("take", [take_appearing, take_majorities, take_purges])


def fill(engine: Engine, take: Take) -> None:
    """A record for each of PATIENTS, in which the date has come; closed, if records are purged."""
    with engine.begin() as connection:
        repositories = Repositories(connection)
        for patient_id in PATIENTS:
            repositories.records.open(opening(patient_id=patient_id, majority_on=TODAY))
            store(repositories, stored_document(invisible_until=NOW), patient_id=patient_id)
            if take is take_purges:
                close(repositories, patient_id, purge_on=TODAY)


def close(repositories: Repositories, patient_id: PatientId, *, purge_on: date | None) -> None:
    repositories.records.set_status(
        patient_id, RecordStatus.CLOSED, closed_at=NOW, reason="demande", purge_on=purge_on
    )


# Once --------------------------------------------------------------------------------------------


@EVERY_TIMER
def test_two_replicas_at_the_same_time_share_what_is_due_without_waiting(engine: Engine, take: Take) -> None:
    fill(engine, take)
    with engine.begin() as replica_1, engine.begin() as replica_2:
        first = take(DateRepository(replica_1), MANY // 2)
        second = take(DateRepository(replica_2), MANY)
        assert (len(first), len(second)) == (MANY // 2, MANY // 2)
        assert {*first, *second} == set(PATIENTS)
    with engine.begin() as later:
        assert take(DateRepository(later), MANY) == []


@EVERY_TIMER
def test_what_was_rolled_back_is_taken_again(engine: Engine, take: Take) -> None:
    fill(engine, take)
    with engine.connect() as failing:
        taken = take(DateRepository(failing), MANY // 2)
        failing.rollback()
    with engine.begin() as later:
        again = take(DateRepository(later), MANY)
        assert len(again) == MANY
        assert set(taken) <= set(again)


@EVERY_TIMER
def test_concurrent_replicas_take_each_row_once(engine: Engine, take: Take) -> None:
    fill(engine, take)

    def take_batch() -> Sequence[object]:
        with engine.begin() as connection:
            return take(DateRepository(connection), 3)

    def replica(_: int) -> list[object]:
        taken: list[object] = []
        while batch := take_batch():
            taken += batch
        return taken

    with ThreadPoolExecutor(4) as replicas:
        taken = [row for batch in replicas.map(replica, range(4)) for row in batch]
    assert sorted(map(str, taken)) == sorted(map(str, PATIENTS))


# When --------------------------------------------------------------------------------------------


def test_documents_appear_from_their_date_on_earliest_first(repositories: Repositories) -> None:
    waiting = stored_document(invisible_until=NOW - DAY, secret=True)
    due, deleted = (
        stored_document(invisible_until=NOW),
        stored_document(invisible_until=NOW - TICK, status=DocumentStatus.DELETED),
    )
    repositories.records.open(opening())
    store(repositories, due, deleted, waiting, stored_document(invisible_until=NOW + TICK), stored_document())
    expected = [
        AppearingDocument(PATIENT, waiting.document.document_id, secret=True, deleted=False),
        AppearingDocument(PATIENT, deleted.document.document_id, secret=False, deleted=True),
        AppearingDocument(PATIENT, due.document.document_id, secret=False, deleted=False),
    ]
    assert repositories.dates.appearing(NOW, most=10) == expected
    assert repositories.dates.appearing(NOW, most=1) == expected[:1]


def test_in_a_closed_record_nothing_appears_until_it_is_reopened(repositories: Repositories) -> None:
    repositories.records.open(opening())
    store(repositories, stored_document(invisible_until=NOW))
    close(repositories, PATIENT, purge_on=TOMORROW)
    assert repositories.dates.appearing(NOW, most=10) == []
    repositories.records.set_status(PATIENT, RecordStatus.ACTIVE)
    assert len(repositories.dates.appearing(NOW, most=10)) == 1


def test_a_document_that_appeared_has_no_mark_and_a_new_entry_uuid(repositories: Repositories) -> None:
    entry, other = (
        stored_document(invisible_until=NOW, masked=True, secret=True),
        stored_document(invisible_until=NOW),
    )
    store(repositories, entry, other)
    repositories.dates.show(PATIENT, entry.document.document_id, "urn:uuid:new", NOW)
    found = repositories.documents.get(permit_with(ALL), entry.document.document_id)
    assert found is not None
    expected = stored_document(masked=True, secret=True).document.visibility
    assert (found.document.visibility, found.document.invisible_until) == (expected, None)
    assert (found.document.entry_uuid, found.document.version) == ("urn:uuid:new", 2)
    assert repositories.documents.get(permit_with(ALL), other.document.document_id) == other


def test_holders_come_of_age_once_on_the_day(repositories: Repositories) -> None:
    repositories.records.open(opening(majority_on=TODAY))
    repositories.records.open(opening(patient_id=OTHER, majority_on=TOMORROW))
    repositories.records.open(opening(patient_id=PATIENTS[0]))
    assert repositories.dates.come_of_age(TODAY, most=10) == [PATIENT]
    assert repositories.dates.come_of_age(TODAY, most=10) == []
    assert not repositories.records.state(PATIENT, None).is_minor(TODAY)
    assert repositories.records.state(OTHER, None).is_minor(TODAY)
    assert repositories.dates.come_of_age(TOMORROW, most=10) == [OTHER]


def test_closed_records_are_due_from_their_day_on_and_reopened_ones_never(repositories: Repositories) -> None:
    due, late, later, reopened = PATIENTS[:4]
    days = {due: TODAY, late: TODAY - DAY, later: TOMORROW, reopened: TODAY}
    for patient_id, day in days.items():
        repositories.records.open(opening(patient_id=patient_id))
        close(repositories, patient_id, purge_on=day)
    repositories.records.set_status(reopened, RecordStatus.ACTIVE)
    assert repositories.dates.to_purge(TODAY, most=10) == [late, due]
    assert repositories.dates.to_purge(TODAY, most=1) == [late]


@pytest.mark.parametrize("status", [status for status in RecordStatus if status is not RecordStatus.CLOSED])
def test_a_record_that_is_not_closed_is_never_due_for_destruction(
    repositories: Repositories, status: RecordStatus
) -> None:
    repositories.records.open(opening())
    repositories.records.set_status(PATIENT, status, purge_on=TODAY)
    assert repositories.dates.to_purge(TODAY, most=10) == []


def test_the_timer_skips_a_record_being_reopened(engine: Engine) -> None:
    with engine.begin() as connection:
        repositories = Repositories(connection)
        repositories.records.open(opening())
        close(repositories, PATIENT, purge_on=TODAY)
    with engine.begin() as holder, engine.begin() as timer:
        Repositories(holder).records.get(PATIENT, locked=True)
        assert DateRepository(timer).to_purge(TODAY, most=10) == []


# Destroying --------------------------------------------------------------------------------------


def mentions(connection: Connection, patient_id: PatientId) -> dict[str, int]:
    """Number of rows of each table that have this id in any column."""
    tables = sa.inspect(connection).get_table_names()
    return {name: _rows_with(connection, name, str(patient_id)) for name in tables if name != "alembic_version"}


def _rows_with(connection: Connection, table: str, word: str) -> int:
    query = sa.text(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE :word')
    return int(connection.execute(query, {"word": f"%{word}%"}).scalar_one())


def fill_record(repositories: Repositories, patient_id: PatientId) -> int:
    """A closed record with rows in all tables but those of folders and submission sets; its number of documents."""
    repositories.records.open(opening(patient_id=patient_id, majority_on=TOMORROW))
    entries = [
        stored_document(status=status, secret=secret, invisible_until=until, depositor=depositor)
        for status in DocumentStatus
        for secret, until, depositor in ((False, None, DEPOSITOR), (True, NOW + DAY, Rpps(STRANGER)))
    ]
    store(repositories, *entries, patient_id=patient_id)
    repositories.deposits.spend_receipts([receipt(patient_id=patient_id)], NOW)
    for secret in (False, True):
        repositories.records.note_first_read(patient_id, STRANGER, NOW, secret=secret)
    repositories.visits.keep(STRANGER, {patient_id: RecordVisit(started=NOW, latest=NOW)})
    close(repositories, patient_id, purge_on=TODAY)
    return len(entries)


def test_destroying_a_record_deletes_all_its_rows_and_no_others(
    connection: Connection, repositories: Repositories
) -> None:
    for patient_id in (PATIENT, OTHER):
        fill_record(repositories, patient_id)
    before = mentions(connection, OTHER)
    filled = {name for name, rows in mentions(connection, PATIENT).items() if rows}
    assert filled == {"records", "documents", "depositors", "receipts", "first_reads", "visits"}
    repositories.dates.destroy(PATIENT)
    assert set(mentions(connection, PATIENT).values()) == {0}
    assert mentions(connection, OTHER) == before


def test_destroyed_documents_say_whether_they_were_withheld(repositories: Repositories) -> None:
    repositories.records.open(opening())
    store(repositories, stored_document(), stored_document(invisible_until=NOW + DAY))
    assert sorted(document.withheld for document in repositories.dates.destroy(PATIENT)) == [False, True]


def test_destroyed_documents_name_their_contents(connection: Connection, repositories: Repositories) -> None:
    size = fill_record(repositories, PATIENT)
    rows = connection.execute(sa.text("SELECT document_id, content_id, hidden_from_representatives FROM documents"))
    expected = {tuple(row) for row in rows}
    destroyed = repositories.dates.destroy(PATIENT)
    assert len(destroyed) == size
    assert {(document.document_id, document.content_id, document.secret) for document in destroyed} == expected
    assert repositories.dates.destroy(PATIENT) == []
    assert repositories.records.state(PATIENT, STRANGER).status is None
