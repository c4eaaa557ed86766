"""Visits of professionals to a record."""

from datetime import timedelta

from services.records.domain.visits import RecordVisit, last_visit, visited
from tests.unit.records.specimens import DAY, NOW

MINUTE = timedelta(minutes=1)


def test_loads_within_half_an_hour_of_each_other_are_one_visit() -> None:
    first = visited(None, NOW)
    assert first == RecordVisit(started=NOW, latest=NOW)
    again = visited(first, NOW + 29 * MINUTE)
    assert again == RecordVisit(started=NOW, latest=NOW + 29 * MINUTE)
    assert visited(again, NOW + 58 * MINUTE).started == NOW
    assert last_visit([again]) is None


def test_the_next_visit_looks_back_to_the_beginning_of_the_one_before_however_often_it_is_loaded() -> None:
    second = visited(RecordVisit(started=NOW, latest=NOW + MINUTE), NOW + 31 * MINUTE)
    assert last_visit([second]) == NOW
    assert last_visit([visited(second, NOW + 45 * MINUTE)]) == NOW
    third = visited(second, NOW + DAY)
    assert last_visit([third]) == NOW + 31 * MINUTE


def test_a_clock_that_is_behind_continues_the_visit() -> None:
    known = RecordVisit(started=NOW, latest=NOW, before=NOW - DAY)
    assert visited(known, NOW - MINUTE) == known


def test_of_two_identities_the_visit_that_is_longer_ago_counts() -> None:
    known, other = (RecordVisit(started=NOW, latest=NOW, before=NOW - age * DAY) for age in (1, 2))
    assert last_visit([known, other]) == NOW - 2 * DAY
    assert last_visit([known, visited(None, NOW)]) is None
    assert last_visit([]) is None
