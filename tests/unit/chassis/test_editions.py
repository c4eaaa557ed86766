"""Which version of a loaded text is in force on a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chassis.editions import Edition, in_force

DATES = st.dates(date(2026, 1, 1), date(2026, 1, 9))
EDITIONS = st.lists(
    st.builds(
        Edition,
        version=st.uuids().map(str),
        effective=DATES,
        loaded_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        text=st.just(""),
    ),
    unique_by=lambda edition: edition.version,
    max_size=5,
)
TODAY, NOW = date(2026, 3, 2), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@given(EDITIONS, DATES, st.randoms(use_true_random=False))
def test_the_order_of_versions_never_matters(editions: list[Edition], on: date, random: Any) -> None:
    assert in_force(random.sample(editions, len(editions)), on) == in_force(editions, on)


@given(EDITIONS, DATES)
def test_the_version_in_force_is_the_last_that_took_effect(editions: list[Edition], on: date) -> None:
    current = in_force(editions, on)
    effective = [edition.effective for edition in editions if edition.effective <= on]
    assert (current is None) == (not effective)
    assert current is None or current.effective == max(effective)


def test_of_two_versions_with_the_same_date_the_last_loaded_is_in_force() -> None:
    built_in = Edition(version="z", effective=TODAY, text="")
    wrong = Edition(version="y", effective=TODAY, loaded_at=NOW, text="")
    right = Edition(version="a", effective=TODAY, loaded_at=NOW + timedelta(minutes=5), text="")
    assert in_force([right, built_in, wrong], TODAY) == right
    assert in_force([built_in, wrong], TODAY) == wrong
