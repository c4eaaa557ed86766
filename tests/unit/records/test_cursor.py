"""A cursor is opaque, exact, and refuses to be made up."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import InvalidRequest
from services.records.cursor import read_cursor, write_cursor

MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.uuids())
def test_a_cursor_reads_back_to_the_place_it_was_written_for(moment: datetime, document_id: UUID) -> None:
    assert read_cursor(write_cursor(moment, document_id)) == (moment, document_id)


@given(st.text(max_size=80))
def test_a_made_up_cursor_is_refused_and_nothing_else_happens(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(cursor)
