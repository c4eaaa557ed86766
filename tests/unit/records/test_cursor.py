"""A cursor is opaque, exact, and refuses to be made up."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import InvalidRequest
from services.records.cursor import read_cursor, write_cursor

MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PLACE = UUID(int=5)


def made_up(words: str) -> str:
    return urlsafe_b64encode(words.encode()).decode()


@given(MOMENTS, st.uuids())
def test_a_cursor_reads_back_to_the_place_it_was_written_for(moment: datetime, document_id: UUID) -> None:
    assert read_cursor(write_cursor(moment, document_id)) == (moment, document_id)


@given(st.text(max_size=80))
def test_a_made_up_cursor_is_refused_and_nothing_else_happens(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(cursor)


@pytest.mark.parametrize(
    "words",
    [
        f"2026-03-02T09:30:00 {PLACE}",
        "2026-03-02T09:30:00+00:00",
        f"2026-13-02T09:30:00+00:00 {PLACE}",
        "2026-03-02T09:30:00+00:00 5",
        f"0001-01-01T00:00:00+23:59 {PLACE}",
        f"9999-12-31T23:59:59-23:59 {PLACE}",
    ],
    ids=["no timezone", "no place", "no such month", "no such place", "before all time", "after all time"],
)
def test_a_cursor_that_nearly_is_one_is_refused_too(words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_cursor(made_up(words))
    assert refused.value.details == {"field": "cursor"}


def test_a_moment_is_read_in_the_time_of_the_shelves_whatever_zone_it_names() -> None:
    # PostgreSQL knows no zone as far away as this one; Python does.
    far = timezone(timedelta(hours=23, minutes=59, seconds=59))
    moment = datetime(2026, 3, 2, 9, 30, tzinfo=far)
    read, _ = read_cursor(made_up(f"{moment.isoformat()} {PLACE}"))
    assert read == moment
    assert read.tzinfo is UTC
