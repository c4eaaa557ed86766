"""Builders of journal entries and lines."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.vocabulary import Act, PatientId, Role
from services.audit.domain.chain import Arrived, Line, line_of

PATIENT = PatientId(UUID(int=1))
AT = datetime(2026, 3, 1, 9, 30, 0, 250_000, tzinfo=UTC)
DOCTOR = Actor(role=Role.PROFESSIONAL, subject="80000000019", name="Dr Rosa Lind", profession="10")
HOLDER = Actor(role=Role.PATIENT, subject=str(PATIENT))


def an_entry(
    actor: Actor = DOCTOR, act: Act = Act.CONSULTATION_LISTE, reason: str = "autorisation", **more: Any
) -> JournalEntry:
    """An entry; by default a doctor's authorised reading of the list."""
    return JournalEntry.by(actor, more.pop("patient_id", PATIENT), act, reason=reason, **more)


def arrived(entry: JournalEntry, number: int = 1) -> Arrived:
    """The entry as its event brought it."""
    return Arrived(event_id=UUID(int=number), at=AT, entry=entry)


def a_line(
    actor: Actor = DOCTOR, act: Act = Act.CONSULTATION_LISTE, reason: str = "autorisation", **more: Any
) -> Line:
    """A line of the patient's journal."""
    return line_of(arrived(an_entry(actor, act, reason, **more)), number=1)
