"""State machines of records and documents: every action in every status, allowed exactly where the table says."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.errors.base import Refusal
from contracts.errors.execution import DocumentTransitionRefused, NotCurrentVersion, RecordTransitionRefused
from contracts.errors.request import RecordNotFound
from contracts.vocabulary import DocumentStatus, RecordStatus
from services.records.domain.lives import (
    DocumentAction,
    RecordAction,
    destruction_day,
    document_after,
    purge_day,
    record_after,
)
from services.records.domain.stored import RecordState

NO_RECORD = "none"

# A word is the status afterwards; `missing`, `not current` and a dash are refusals.
RECORDS = """
| action          | none    | active    | closed | suspended |
| open            | active  | -         | -      | -         |
| close           | missing | closed    | -      | -         |
| reopen          | missing | -         | active | -         |
| ask_destruction | missing | closed    | closed | -         |
| suspend         | missing | suspended | -      | -         |
| resume          | missing | -         | -      | active    |
| purge           | missing | -         | none   | -         |
"""

DOCUMENTS = """
| action  | current    | superseded  | archived    | deleted     |
| replace | superseded | not current | not current | not current |
| change  | current    | superseded  | archived    | -           |
| archive | archived   | -           | -           | -           |
| restore | -          | -           | current     | -           |
| delete  | deleted    | deleted     | deleted     | -           |
"""


def cells(table: str) -> list[tuple[str, str, str]]:
    """(action, status before, outcome) of each cell."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    statuses = rows[0][1:]
    return [(row[0], status, cell) for row in rows[1:] for status, cell in zip(statuses, row[1:], strict=True)]


RECORD_CELLS, DOCUMENT_CELLS = cells(RECORDS), cells(DOCUMENTS)


def test_the_tables_hold_every_pair_once() -> None:
    record_statuses = [NO_RECORD, *RecordStatus]
    assert {(action, status) for action, status, _ in RECORD_CELLS} == {
        (a, s) for a in RecordAction for s in record_statuses
    }
    assert len(RECORD_CELLS) == len(RecordAction) * len(record_statuses)
    assert {(action, status) for action, status, _ in DOCUMENT_CELLS} == {
        (a, s) for a in DocumentAction for s in DocumentStatus
    }
    assert len(DOCUMENT_CELLS) == len(DocumentAction) * len(DocumentStatus)


@pytest.mark.parametrize(("action", "before", "after"), RECORD_CELLS)
def test_actions_on_a_record(action: str, before: str, after: str) -> None:
    status = None if before == NO_RECORD else RecordStatus(before)
    refusal = {"missing": RecordNotFound, "-": RecordTransitionRefused}.get(after)
    if refusal is None:
        assert record_after(status, RecordAction(action)) == (None if after == NO_RECORD else RecordStatus(after))
    else:
        with pytest.raises(refusal) as refused:
            record_after(status, RecordAction(action))
        assert refused.value.details == ({"status": before} if after == "-" else {})


@pytest.mark.parametrize(("action", "before", "after"), DOCUMENT_CELLS)
def test_actions_on_a_document(action: str, before: str, after: str) -> None:
    refusals: dict[str, type[Refusal]] = {"not current": NotCurrentVersion, "-": DocumentTransitionRefused}
    if after not in refusals:
        assert document_after(DocumentStatus(before), DocumentAction(action)) == DocumentStatus(after)
    else:
        with pytest.raises(refusals[after]) as refused:
            document_after(DocumentStatus(before), DocumentAction(action))
        assert refused.value.details == ({"status": before} if after == "-" else {})


def test_a_deleted_document_takes_no_action() -> None:
    for action in DocumentAction:
        with pytest.raises(Refusal):
            document_after(DocumentStatus.DELETED, action)


@pytest.mark.parametrize(
    ("closed", "years", "purged"),
    [
        (date(2026, 3, 2), 10, date(2036, 3, 2)),
        (date(2028, 2, 29), 10, date(2038, 3, 1)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_a_closed_record_is_kept_for_whole_years(closed: date, years: int, purged: date) -> None:
    assert purge_day(datetime(closed.year, closed.month, closed.day, 23, 59, tzinfo=UTC), years) == purged


@pytest.mark.parametrize(
    ("planned", "destroyed"),
    [
        (None, date(2026, 4, 1)),
        (date(2036, 3, 2), date(2026, 4, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 3, 5), date(2026, 3, 5)),
    ],
)
def test_a_requested_destruction_is_soon_and_never_later_than_planned(planned: date | None, destroyed: date) -> None:
    assert destruction_day(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), planned, 30) == destroyed


def test_a_holder_is_a_minor_until_the_day_of_majority() -> None:
    majority = date(2026, 3, 2)
    minor = RecordState(majority_on=majority)
    assert minor.is_minor(majority - timedelta(days=1))
    assert not minor.is_minor(majority)
    assert not RecordState().is_minor(majority)
