"""Which months are old enough to be archived."""

from datetime import UTC, date, datetime

import pytest

from services.audit.domain.months import months_before


@pytest.mark.parametrize(
    ("now", "months", "day"),
    [
        (datetime(2026, 11, 24, tzinfo=UTC), 24, date(2024, 11, 1)),
        (datetime(2026, 1, 1, tzinfo=UTC), 1, date(2025, 12, 1)),
        (datetime(2026, 12, 31, tzinfo=UTC), 0, date(2026, 12, 1)),
    ],
)
def test_months_are_counted_from_the_first_of_this_one(now: datetime, months: int, day: date) -> None:
    assert months_before(now, months) == day
