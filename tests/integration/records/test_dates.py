"""What falls due is taken once, by one replica at a time; what is destroyed is gone from every shelf."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from contracts.vocabulary import DocumentStatus, PatientId, RecordStatus, Rpps
from services.records.repositories import DateRepository, Repositories
from services.records.repositories.dates import Appearing
from tests.integration.records.stored_documents import ALL, store
from tests.unit.records.specimens import (
    DAY,
    DEPOSITOR,
    NOW,
    OTHER,
    PATIENT,
    STRANGER,
    opening,
    permit_from,
    receipt,
    stored,
)

TICK = timedelta(microseconds=1)
TODAY, TOMORROW = NOW.date(), (NOW + DAY).date()
MANY = 40
PATIENTS = [PatientId(UUID(int=1000 + number)) for number in range(MANY)]

Take = Callable[[DateRepository, int], Sequence[object]]


def take_appearing(dates: DateRepository, most: int) -> Sequence[object]:
    """As the timer does: look, then take off the mark."""
    due = dates.appearing(NOW, most=most)
    for one in due:
        dates.show(one.patient_id, one.document_id, "urn:uuid:new", NOW)
    return [one.patient_id for one in due]


def take_majorities(dates: DateRepository, most: int) -> Sequence[object]:
    return dates.come_of_age(TODAY, most=most)


def take_purges(dates: DateRepository, most: int) -> Sequence[object]:
    """As the timer does: look, then destroy."""
    due = dates.to_purge(TODAY, most=most)
    for one in due:
        dates.destroy(one)
    return due


EVERY_TIMER = pytest.mark.parametrize("take", [take_appearing, take_majorities, take_purges])


def fill(engine: Engine, take: Take) -> None:
    """As many records as PATIENTS, in each of which the date has come; only closed ones are destroyed."""
    with engine.begin() as connection:
        repositories = Repositories(connection)
        for patient_id in PATIENTS:
            repositories.records.open(opening(patient_id=patient_id, majority_on=TODAY))
            store(repositories, stored(invisible_until=NOW), patient_id=patient_id)
            if take is take_purges:
                close(repositories, patient_id, purge_on=TODAY)


def close(repositories: Repositories, patient_id: PatientId, *, purge_on: date | None) -> None:
    repositories.records.live_on(patient_id, RecordStatus.CLOSED, closed_at=NOW, reason="demande", purge_on=purge_on)


# Once --------------------------------------------------------------------------------------------


@EVERY_TIMER
def test_two_replicas_at_once_share_what_is_due_and_neither_waits(engine: Engine, take: Take) -> None:
    fill(engine, take)
    with engine.begin() as one, engine.begin() as two:
        first = take(DateRepository(one), MANY // 2)
        second = take(DateRepository(two), MANY)
        assert (len(first), len(second)) == (MANY // 2, MANY // 2)
        assert {*first, *second} == set(PATIENTS)
    with engine.begin() as later:
        assert take(DateRepository(later), MANY) == []


@EVERY_TIMER
def test_what_was_taken_in_vain_is_taken_again(engine: Engine, take: Take) -> None:
    fill(engine, take)
    with engine.connect() as failing:
        taken = take(DateRepository(failing), MANY // 2)
        failing.rollback()
    with engine.begin() as later:
        again = take(DateRepository(later), MANY)
        assert len(again) == MANY
        assert set(taken) <= set(again)


@EVERY_TIMER
def test_replicas_whose_clocks_strike_together_take_each_thing_once(engine: Engine, take: Take) -> None:
    fill(engine, take)

    def strike() -> Sequence[object]:
        with engine.begin() as connection:
            return take(DateRepository(connection), 3)

    def replica(_: int) -> list[object]:
        taken: list[object] = []
        while batch := strike():
            taken += batch
        return taken

    with ThreadPoolExecutor(4) as replicas:
        taken = [one for each in replicas.map(replica, range(4)) for one in each]
    assert sorted(map(str, taken)) == sorted(map(str, PATIENTS))


# When --------------------------------------------------------------------------------------------


def test_documents_appear_from_their_moment_on_longest_waiting_first(repositories: Repositories) -> None:
    waiting = stored(invisible_until=NOW - DAY, secret=True)
    due, deleted = stored(invisible_until=NOW), stored(invisible_until=NOW - TICK, status=DocumentStatus.DELETED)
    repositories.records.open(opening())
    store(repositories, due, deleted, waiting, stored(invisible_until=NOW + TICK), stored())
    expected = [
        Appearing(PATIENT, waiting.document.document_id, secret=True, deleted=False),
        Appearing(PATIENT, deleted.document.document_id, secret=False, deleted=True),
        Appearing(PATIENT, due.document.document_id, secret=False, deleted=False),
    ]
    assert repositories.dates.appearing(NOW, most=10) == expected
    assert repositories.dates.appearing(NOW, most=1) == expected[:1]


def test_in_a_closed_record_nothing_appears_until_it_is_open_again(repositories: Repositories) -> None:
    repositories.records.open(opening())
    store(repositories, stored(invisible_until=NOW))
    close(repositories, PATIENT, purge_on=TOMORROW)
    assert repositories.dates.appearing(NOW, most=10) == []
    repositories.records.live_on(PATIENT, RecordStatus.ACTIVE)
    assert len(repositories.dates.appearing(NOW, most=10)) == 1


def test_a_document_that_appeared_bears_no_mark_and_new_identifiers(repositories: Repositories) -> None:
    entry, other = stored(invisible_until=NOW, masked=True, secret=True), stored(invisible_until=NOW)
    store(repositories, entry, other)
    repositories.dates.show(PATIENT, entry.document.document_id, "urn:uuid:new", NOW)
    found = repositories.documents.get(permit_from(ALL), entry.document.document_id)
    assert found is not None
    expected = stored(masked=True, secret=True).document.visibility
    assert (found.document.visibility, found.document.invisible_until) == (expected, None)
    assert (found.document.entry_uuid, found.document.version) == ("urn:uuid:new", 2)
    assert repositories.documents.get(permit_from(ALL), other.document.document_id) == other


def test_holders_come_of_age_on_the_day_and_stay_so(repositories: Repositories) -> None:
    repositories.records.open(opening(majority_on=TODAY))
    repositories.records.open(opening(patient_id=OTHER, majority_on=TOMORROW))
    repositories.records.open(opening(patient_id=PATIENTS[0]))
    assert repositories.dates.come_of_age(TODAY, most=10) == [PATIENT]
    assert repositories.dates.come_of_age(TODAY, most=10) == []
    assert not repositories.records.record_context(PATIENT, None).is_minor(TODAY)
    assert repositories.records.record_context(OTHER, None).is_minor(TODAY)
    assert repositories.dates.come_of_age(TOMORROW, most=10) == [OTHER]


def test_closed_records_are_destroyed_from_their_day_on_and_reopened_ones_never(repositories: Repositories) -> None:
    due, late, later, reopened = PATIENTS[:4]
    days = {due: TODAY, late: TODAY - DAY, later: TOMORROW, reopened: TODAY}
    for patient_id, day in days.items():
        repositories.records.open(opening(patient_id=patient_id))
        close(repositories, patient_id, purge_on=day)
    repositories.records.live_on(reopened, RecordStatus.ACTIVE)
    assert repositories.dates.to_purge(TODAY, most=10) == [late, due]
    assert repositories.dates.to_purge(TODAY, most=1) == [late]


@pytest.mark.parametrize("status", [status for status in RecordStatus if status is not RecordStatus.CLOSED])
def test_a_record_that_is_not_closed_is_never_destroyed_whatever_its_date(
    repositories: Repositories, status: RecordStatus
) -> None:
    repositories.records.open(opening())
    repositories.records.live_on(PATIENT, status, purge_on=TODAY)
    assert repositories.dates.to_purge(TODAY, most=10) == []


def test_a_record_being_reopened_is_left_alone_by_the_timer(engine: Engine) -> None:
    with engine.begin() as connection:
        repositories = Repositories(connection)
        repositories.records.open(opening())
        close(repositories, PATIENT, purge_on=TODAY)
    with engine.begin() as holder, engine.begin() as timer:
        Repositories(holder).records.stored_record(PATIENT, locked=True)
        assert DateRepository(timer).to_purge(TODAY, most=10) == []


# Destroying --------------------------------------------------------------------------------------


def mentions(connection: Connection, patient_id: PatientId) -> dict[str, int]:
    """Rows of every table of the database, whatever it is called, in which this id stands in whatever column."""
    tables = sa.inspect(connection).get_table_names()
    return {name: _rows_with(connection, name, str(patient_id)) for name in tables if name != "alembic_version"}


def _rows_with(connection: Connection, table: str, word: str) -> int:
    query = sa.text(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE :word')
    return int(connection.execute(query, {"word": f"%{word}%"}).scalar_one())


def live(repositories: Repositories, patient_id: PatientId) -> int:
    """A record in which everything has happened that leaves a row; how many documents it holds."""
    repositories.records.open(opening(patient_id=patient_id, majority_on=TOMORROW))
    entries = [
        stored(status=status, secret=secret, invisible_until=until, depositor=depositor)
        for status in DocumentStatus
        for secret, until, depositor in ((False, None, DEPOSITOR), (True, NOW + DAY, Rpps(STRANGER)))
    ]
    store(repositories, *entries, patient_id=patient_id)
    repositories.deposits.spend_receipts([receipt(patient_id=patient_id)], NOW)
    for secret in (False, True):
        repositories.records.note_first_read(patient_id, STRANGER, NOW, secret=secret)
    close(repositories, patient_id, purge_on=TODAY)
    return len(entries)


def test_nothing_of_a_destroyed_record_is_left_and_nothing_of_another_goes(
    connection: Connection, repositories: Repositories
) -> None:
    for patient_id in (PATIENT, OTHER):
        live(repositories, patient_id)
    before = mentions(connection, OTHER)
    fed = {name for name, rows in mentions(connection, PATIENT).items() if rows}
    assert fed == {"records", "documents", "depositors", "receipts", "first_reads"}
    repositories.dates.destroy(PATIENT)
    assert set(mentions(connection, PATIENT).values()) == {0}
    assert mentions(connection, OTHER) == before


def test_of_what_went_it_is_known_whether_the_patient_ever_saw_it(repositories: Repositories) -> None:
    repositories.records.open(opening())
    store(repositories, stored(), stored(invisible_until=NOW + DAY))
    assert sorted(one.withheld for one in repositories.dates.destroy(PATIENT)) == [False, True]


def test_what_went_is_named_so_that_its_contents_can_go_too(
    connection: Connection, repositories: Repositories
) -> None:
    size = live(repositories, PATIENT)
    rows = connection.execute(sa.text("SELECT document_id, content_id, hidden_from_representatives FROM documents"))
    expected = {tuple(row) for row in rows}
    gone = repositories.dates.destroy(PATIENT)
    assert len(gone) == size
    assert {(one.document_id, one.content_id, one.secret) for one in gone} == expected
    assert repositories.dates.destroy(PATIENT) == []
    assert repositories.records.record_context(PATIENT, STRANGER).status is None
