"""States of stored content: staged when its bytes are durable, kept once a document holds it, finally destroyed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from contracts.errors.execution import ContentTooLarge, LengthRequired
from contracts.vocabulary import ContentId, PatientId

ORPHAN_AFTER = timedelta(minutes=15)
"""After this an object without a content row is an orphan: longer than any transfer may take."""


class State(StrEnum):
    """staged -> kept -> destroyed, or staged -> destroyed; never back."""

    STAGED = "staged"
    KEPT = "kept"
    DESTROYED = "destroyed"


class SweepAction(Enum):
    """What the sweep does with an object that is due."""

    REMOVE_OBJECT = "remove_object"
    GIVE_UP = "give_up"
    WAIT = "wait"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key, encrypted by the master key that `key_id` names."""

    key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class StoredContent:
    """The row of one content; sizes in plain bytes, `sha256` of the plain bytes."""

    patient_id: PatientId
    content_id: ContentId
    object_key: str
    size: int
    frame_size: int
    sha256: bytes
    key: WrappedKey


@dataclass(frozen=True, slots=True)
class Span:
    """Positions of bytes, `first` and `last` included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """In bytes."""
        return self.last + 1 - self.first


@dataclass(frozen=True, slots=True)
class DueObject:
    """An object that nobody claimed in time; `state` and `staged_at` are None if it has no content row."""

    patient_id: PatientId
    content_id: ContentId
    object_key: str
    state: State | None
    staged_at: datetime | None


def check_length(length: int | None, limit: int) -> int:
    """The announced length in bytes; raises LengthRequired, ContentTooLarge."""
    if length is None:
        raise LengthRequired
    if length > limit:
        raise ContentTooLarge(limit=str(limit))
    return length


def object_key(sha256: str) -> str:
    """The key of an object: the SHA-256 (hex) of its encrypted bytes, in two levels of folders."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def sweep_action(due: DueObject, *, now: datetime, grace_period: timedelta) -> SweepAction:
    """What to do with a due object; staged content is given up after the grace period.

    An object is removed only after the destruction of its content was committed, never in the same transaction: a
    rollback would leave content without its bytes.
    """
    if due.state is State.KEPT:
        return SweepAction.CLAIM
    if due.state is State.STAGED and due.staged_at is not None:
        return SweepAction.GIVE_UP if now >= due.staged_at + grace_period else SweepAction.WAIT
    return SweepAction.REMOVE_OBJECT
