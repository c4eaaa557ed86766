"""Cursors: exact round trip; anything else is refused."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors.request import InvalidRequest
from services.records.cursor import read_cursor, write_cursor

MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ITEM_ID = UUID(int=0xABCDEF)
WRITTEN = f"2026-03-02T09:30:00+00:00 {ITEM_ID}"


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


@given(MOMENTS, st.uuids())
def test_a_cursor_reads_back_as_written(moment: datetime, document_id: UUID) -> None:
    assert read_cursor(write_cursor(moment, document_id)) == (moment, document_id)


@given(st.text(max_size=80))
def test_arbitrary_text_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(cursor)


@pytest.mark.parametrize(
    "text",
    [
        f"2026-03-02T09:30:00 {ITEM_ID}",
        "2026-03-02T09:30:00+00:00",
        f"2026-13-02T09:30:00+00:00 {ITEM_ID}",
        "2026-03-02T09:30:00+00:00 5",
        f"0001-01-01T00:00:00+23:59 {ITEM_ID}",
        f"9999-12-31T23:59:59-23:59 {ITEM_ID}",
    ],
    ids=["no timezone", "no id", "no such month", "no such id", "before the first date", "after the last date"],
)
def test_a_malformed_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_cursor(encoded(text))
    assert refused.value.details == {"field": "cursor"}


def test_a_date_of_any_time_zone_is_written_in_utc() -> None:
    moment = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    read, _ = read_cursor(write_cursor(moment, ITEM_ID))
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "cursor",
    [
        f"{encoded(WRITTEN)}chosen",
        f"{encoded(WRITTEN)}==chosen",
        f"{encoded(WRITTEN)[:8]}!{encoded(WRITTEN)[8:]}",
        encoded(WRITTEN.replace("T", "x")),
        encoded(WRITTEN.replace("+00:00", "Z")),
        # PostgreSQL rejects an offset this large; Python accepts it.
        encoded(WRITTEN.replace("+00:00", "+23:59:59")),
        encoded(WRITTEN.replace("-", "", 1)),
        encoded(f"{WRITTEN[:-36]}urn:uuid:{WRITTEN[-36:]}"),
        encoded(WRITTEN.upper()),
    ],
    ids=["more", "padded", "within", "mark", "zulu", "zone", "basic", "urn", "capitals"],
)
def test_only_what_was_written_is_read(cursor: str) -> None:
    """A page repeats the cursor of its address: nothing that another site chooses fits beside it."""
    with pytest.raises(InvalidRequest):
        read_cursor(cursor)
