"""The life of stored content: staged when its bytes are durable, kept once a document holds it, destroyed at last."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from contracts.errors import ContentTooLarge, LengthRequired
from contracts.vocabulary import ContentId, PatientId

ORPHAN_AFTER = timedelta(minutes=15)
"""After this an object without a row is nobody's: longer than any transfer may take."""


class State(StrEnum):
    """Where content stands; staged -> kept -> destroyed, or staged -> destroyed, never back."""

    STAGED = "staged"
    KEPT = "kept"
    DESTROYED = "destroyed"


class Fate(Enum):
    """What the sweep does with an object whose time has come."""

    REMOVE_OBJECT = "remove_object"
    GIVE_UP = "give_up"
    WAIT = "wait"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it rests: sealed by the master key that `key_id` names."""

    key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class StoredContent:
    """One content at rest; sizes in plain bytes, `sha256` of the plain bytes."""

    patient_id: PatientId
    content_id: ContentId
    object_key: str
    size: int
    frame_size: int
    sha256: bytes
    key: WrappedKey


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a content by their places, `first` and `last` included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many bytes these are."""
        return self.last + 1 - self.first


@dataclass(frozen=True, slots=True)
class DueObject:
    """An object nobody claimed in time; `state` and `staged_at` are None where there is no content row."""

    patient_id: PatientId
    content_id: ContentId
    object_key: str
    state: State | None
    staged_at: datetime | None


def check_length(length: int | None, limit: int) -> int:
    """The announced length in bytes.

    Raises:
        LengthRequired, ContentTooLarge.
    """
    if length is None:
        raise LengthRequired
    if length > limit:
        raise ContentTooLarge(limit=str(limit))
    return length


def object_key(sha256: str) -> str:
    """Where an object lies: by the SHA-256 (hex) of its encrypted bytes, in two levels of folders."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def fate(due: DueObject, *, now: datetime, patience: timedelta) -> Fate:
    """What becomes of a due object; content is given up `patience` after it was staged.

    The object goes only after its content is destroyed for good, never in the same step: a step that is undone
    must not leave content without its bytes.
    """
    if due.state is State.KEPT:
        return Fate.CLAIM
    if due.state is State.STAGED and due.staged_at is not None:
        return Fate.GIVE_UP if now >= due.staged_at + patience else Fate.WAIT
    return Fate.REMOVE_OBJECT
