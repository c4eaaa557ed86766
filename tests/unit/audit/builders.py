"""Builders of journal entries and lines."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.vocabulary import Act, PatientId, Role
from services.audit.domain.leaf import NO_HASH, Leaf, commitment_of, leaf_of, personal_bytes, personal_of
from services.audit.domain.strands import OpenedLine

PATIENT = PatientId(UUID(int=1))
PARENT = PatientId(UUID(int=2))
STRAND = UUID(int=7)
AT = datetime(2026, 3, 1, 9, 30, 0, 250_000, tzinfo=UTC)
NONCE = bytes(range(32))
DOCTOR = Actor(role=Role.PROFESSIONAL, subject="80000000019", name="Dr Rosa Lind", profession="10")
HOLDER = Actor(role=Role.PATIENT, subject=str(PATIENT))
MOTHER = Actor(role=Role.PATIENT, subject=str(PARENT))
OPERATOR, SECOND_OPERATOR = (Actor(role=Role.OPERATOR, subject=login) for login in ("exploitant", "astreinte"))


def an_entry(
    actor: Actor = DOCTOR, act: Act = Act.CONSULTATION_LISTE, reason: str = "autorisation", **more: Any
) -> JournalEntry:
    """An entry; by default a doctor's authorised reading of the list."""
    return JournalEntry.by(actor, more.pop("patient_id", PATIENT), act, reason=reason, **more)


def a_leaf(entry: JournalEntry, number: int = 1, previous: bytes = NO_HASH, at: datetime = AT) -> Leaf:
    """The leaf of an entry."""
    commitment = commitment_of(personal_bytes(personal_of(entry)), NONCE)
    return leaf_of(
        entry, UUID(int=number), at, strand=STRAND, number=number, previous=previous, commitment=commitment
    )


def a_line(
    actor: Actor = DOCTOR,
    act: Act = Act.CONSULTATION_LISTE,
    reason: str = "autorisation",
    *,
    erased: bool = False,
    **more: Any,
) -> OpenedLine:
    """A line of the patient's journal."""
    entry = an_entry(actor, act, reason, **more)
    return OpenedLine(position=41, leaf=a_leaf(entry), personal=None if erased else personal_of(entry))
