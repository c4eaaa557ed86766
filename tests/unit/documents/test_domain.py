"""What the sweep does with due objects, as a table; lengths and object keys."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.errors.execution import ContentTooLarge, LengthRequired
from contracts.vocabulary import ContentId, PatientId
from services.documents.domain import DueObject, State, SweepAction, check_length, object_key, sweep_action

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
GRACE_PERIOD = timedelta(days=7)


def due(state: State | None, age: timedelta | None) -> DueObject:
    return DueObject(
        patient_id=PatientId(uuid4()),
        content_id=ContentId(uuid4()),
        object_key="aa/bb/aabb",
        state=state,
        staged_at=None if age is None else NOW - age,
    )


@pytest.mark.parametrize(
    ("state", "age", "expected"),
    [
        (None, None, SweepAction.REMOVE_OBJECT),
        (State.DESTROYED, timedelta(minutes=1), SweepAction.REMOVE_OBJECT),
        (State.DESTROYED, timedelta(days=30), SweepAction.REMOVE_OBJECT),
        (State.STAGED, timedelta(minutes=16), SweepAction.WAIT),
        (State.STAGED, GRACE_PERIOD - timedelta(seconds=1), SweepAction.WAIT),
        (State.STAGED, GRACE_PERIOD, SweepAction.GIVE_UP),
        (State.STAGED, GRACE_PERIOD * 2, SweepAction.GIVE_UP),
        (State.KEPT, timedelta(minutes=16), SweepAction.CLAIM),
        (State.KEPT, GRACE_PERIOD * 2, SweepAction.CLAIM),
    ],
)
def test_action_on_a_due_object(state: State | None, age: timedelta | None, expected: SweepAction) -> None:
    assert sweep_action(due(state, age), now=NOW, grace_period=GRACE_PERIOD) is expected


def test_an_announced_length_within_the_limit_is_accepted() -> None:
    assert check_length(0, 10) == 0
    assert check_length(10, 10) == 10


def test_a_length_must_be_announced_and_within_the_limit() -> None:
    with pytest.raises(LengthRequired):
        check_length(None, 10)
    with pytest.raises(ContentTooLarge) as refusal:
        check_length(11, 10)
    assert refusal.value.details == {"limit": "10"}


def test_object_keys_have_folders_by_hash() -> None:
    assert object_key("0123456789abcdef") == "01/23/0123456789abcdef"
