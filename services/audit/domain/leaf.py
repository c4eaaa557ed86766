"""A leaf: the public part of a journal line, with a commitment to its personal part."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from contracts.audit import JournalEntry
from contracts.vocabulary import Capacity, DocumentId, PatientId

VERSION = 1
NONCE_SIZE = 32
"""Random bytes before the personal part, so that it cannot be guessed from its commitment."""
NO_HASH = bytes(32)
"""`previous` of the first line of a strand."""

_encode = msgspec.json.Encoder(order="sorted").encode


class Leaf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exactly the keys of a leaf; `at` in UTC, `commitment` and `previous` in hex, `number` from 1 in its strand."""

    act: str
    at: datetime
    commitment: str
    event_id: UUID
    mode: str
    number: int
    outcome: str
    previous: str
    reason: str
    role: str
    strand: UUID
    v: int = VERSION


class Personal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who acted, about whom: kept apart from the leaf, encrypted under the strand's key."""

    actor: str
    patient_id: PatientId
    about: str = ""
    actor_name: str = ""
    capacity: Capacity = Capacity.SELF
    document_id: DocumentId | None = None
    profession: str | None = None
    structure: str | None = None


def leaf_bytes(leaf: Leaf) -> bytes:
    """Canonical JSON of a leaf, which the tree hashes."""
    return _encode(leaf)


def personal_bytes(personal: Personal) -> bytes:
    """Canonical JSON of a personal part, absent fields left out."""
    return _encode(personal)


def personal_from(data: bytes) -> Personal:
    """The personal part of its canonical JSON."""
    return msgspec.json.decode(data, type=Personal)


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf in the tree (RFC 9162, 2.1.1); 32 bytes."""
    return sha256(b"\x00" + data).digest()


def commitment_of(personal: bytes, nonce: bytes) -> bytes:
    """SHA-256 of nonce and personal part; 32 bytes."""
    return sha256(nonce + personal).digest()


def personal_of(entry: JournalEntry) -> Personal:
    return Personal(
        actor=entry.actor,
        patient_id=entry.patient_id,
        about=entry.about,
        actor_name=entry.actor_name,
        capacity=entry.capacity,
        document_id=entry.document_id,
        profession=entry.profession,
        structure=entry.structure,
    )


def leaf_of(
    entry: JournalEntry,
    event_id: UUID,
    at: datetime,
    *,
    strand: UUID,
    number: int,
    previous: bytes,
    commitment: bytes,
) -> Leaf:
    """The leaf of an entry, as line `number` of its strand."""
    return Leaf(
        act=entry.act.value,
        at=at.astimezone(UTC),
        commitment=commitment.hex(),
        event_id=event_id,
        mode=entry.mode.value,
        number=number,
        outcome=entry.outcome.value,
        previous=previous.hex(),
        reason=entry.reason,
        role=entry.actor_role.value,
        strand=strand,
    )
