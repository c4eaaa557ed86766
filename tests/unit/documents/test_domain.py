"""What becomes of content and of objects nobody claims, as a table."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.errors import ContentTooLarge, LengthRequired
from contracts.vocabulary import ContentId, PatientId
from services.documents.domain import DueObject, Fate, State, check_length, fate, object_key

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
PATIENCE = timedelta(days=7)


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
        (None, None, Fate.REMOVE_OBJECT),
        (State.DESTROYED, timedelta(minutes=1), Fate.REMOVE_OBJECT),
        (State.DESTROYED, timedelta(days=30), Fate.REMOVE_OBJECT),
        (State.STAGED, timedelta(minutes=16), Fate.WAIT),
        (State.STAGED, PATIENCE - timedelta(seconds=1), Fate.WAIT),
        (State.STAGED, PATIENCE, Fate.GIVE_UP),
        (State.STAGED, PATIENCE * 2, Fate.GIVE_UP),
        (State.KEPT, timedelta(minutes=16), Fate.CLAIM),
        (State.KEPT, PATIENCE * 2, Fate.CLAIM),
    ],
)
def test_fate_of_a_due_object(state: State | None, age: timedelta | None, expected: Fate) -> None:
    assert fate(due(state, age), now=NOW, patience=PATIENCE) is expected


def test_an_announced_length_within_the_limit_is_taken() -> None:
    assert check_length(0, 10) == 0
    assert check_length(10, 10) == 10


def test_a_length_must_be_announced_and_within_the_limit() -> None:
    with pytest.raises(LengthRequired):
        check_length(None, 10)
    with pytest.raises(ContentTooLarge) as refusal:
        check_length(11, 10)
    assert refusal.value.details == {"limit": "10"}


def test_objects_lie_in_folders_by_their_hash() -> None:
    assert object_key("0123456789abcdef") == "01/23/0123456789abcdef"
