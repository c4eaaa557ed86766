"""The chain: each line of a patient's journal is sealed together with the line before it.

The hash of a line is SHA-256 over the 32 bytes of the previous line's hash (zeros before the first line) followed by
the line's canonical encoding: JSON in UTF-8 without spaces, the fields of `Line` in alphabetical order, absent ones
left out, times in UTC as RFC 3339 ending in Z with the microseconds only where there are any. Who changes, removes or
inserts a line breaks every hash after it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from contracts.audit import JournalEntry
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId, Role

_encode = msgspec.json.Encoder(order="sorted").encode


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a patient's journal; `number` from 1 without a gap, `event_id` as on the broker."""

    patient_id: PatientId
    number: int
    event_id: UUID
    at: datetime
    act: Act
    outcome: Outcome
    reason: str
    actor_role: Role
    actor: str
    actor_name: str
    mode: AccessMode
    profession: str | None = None
    structure: str | None = None
    document_id: DocumentId | None = None


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where a patient's journal ends: the number and the hash of its last line."""

    number: int = 0
    hash: bytes = bytes(32)


class Sealed(msgspec.Struct, frozen=True):
    """A line and its hash."""

    line: Line
    hash: bytes


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with the id and the time of its event."""

    event_id: UUID
    at: datetime
    entry: JournalEntry


def continue_chain(head: Head, arrived: Sequence[Arrived]) -> tuple[Sealed, ...]:
    """The lines that follow on `head`, for entries about one patient, in their order."""
    sealed: list[Sealed] = []
    previous = head.hash
    for number, one in enumerate(arrived, start=head.number + 1):
        line = line_of(one, number)
        previous = hash_of(line, previous)
        sealed.append(Sealed(line, previous))
    return tuple(sealed)


def line_of(arrived: Arrived, number: int) -> Line:
    """An entry as the line of that number."""
    entry = arrived.entry
    return Line(
        patient_id=entry.patient_id,
        number=number,
        event_id=arrived.event_id,
        at=arrived.at.astimezone(UTC),
        act=entry.act,
        outcome=entry.outcome,
        reason=entry.reason,
        actor_role=entry.actor_role,
        actor=entry.actor,
        actor_name=entry.actor_name,
        mode=entry.mode,
        profession=entry.profession,
        structure=entry.structure,
        document_id=entry.document_id,
    )


def hash_of(line: Line, previous: bytes) -> bytes:
    """The hash of a line that follows on the hash `previous`; 32 bytes."""
    return sha256(previous + _encode(line)).digest()
