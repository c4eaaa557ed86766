"""Limits of what may be asked of the journal."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.audit import ProveConsistency, SearchJournal
from contracts.errors.request import HeadNotFound, InvalidRequest
from contracts.vocabulary import PLATFORM
from services.audit.domain.checks import check_count, check_is_patient, check_search, check_sizes, check_span
from tests.unit.audit.builders import AT, PATIENT

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "criteria",
    [{"patient_id": PATIENT}, {"actor": "80000000019"}, {"since": AT, "until": AT + DAY}],
)
def test_a_search_by_patient_actor_or_day_is_allowed(criteria: dict[str, Any]) -> None:
    check_search(SearchJournal(**criteria))


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"since": AT},
        {"until": AT},
        {"since": AT, "until": AT + DAY + timedelta(microseconds=1)},
        {"actor": "80000000019", "count": 0},
        {"actor": "80000000019", "since": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"actor": "80000000019", "since": AT, "until": AT - DAY},
    ],
)
def test_any_other_search_is_refused(criteria: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        check_search(SearchJournal(**criteria))


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [(0, 1, InvalidRequest), (3, 2, InvalidRequest), (1, 11, HeadNotFound), (-1, 5, InvalidRequest)],
)
def test_sizes_are_ordered_and_at_most_that_of_the_newest_head(
    first: int, second: int, refusal: type[Exception]
) -> None:
    check_sizes(ProveConsistency(first=1, second=10), newest=10)
    with pytest.raises(refusal):
        check_sizes(ProveConsistency(first=first, second=second), newest=10)


def test_pages_and_spans_have_limits() -> None:
    check_count(1)
    check_count(100)
    check_span(None, AT)
    for count in (0, 101):
        with pytest.raises(InvalidRequest):
            check_count(count)
    with pytest.raises(InvalidRequest):
        check_span(AT, datetime(2026, 3, 2))  # noqa: DTZ001


def test_the_platform_has_no_identity_to_erase() -> None:
    check_is_patient(PATIENT)
    with pytest.raises(InvalidRequest):
        check_is_patient(PLATFORM)
