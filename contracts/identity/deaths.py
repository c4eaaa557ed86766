"""Messages about deaths, reported and undone by two agents of an organisation who send the same request."""

from datetime import date, datetime

import msgspec

from contracts.vocabulary import PatientId


class ReportDeath(msgspec.Struct, frozen=True, kw_only=True):
    """Report that a person died; `certificate`: reference of the acte de décès that both agents saw."""

    patient_id: PatientId
    died_on: date
    certificate: str


class Death(msgspec.Struct, frozen=True, kw_only=True):
    """A death on file."""

    patient_id: PatientId
    died_on: date
    reported_at: datetime


class GetDeath(msgspec.Struct, frozen=True, kw_only=True):
    """Get whether a person's death is on file."""

    patient_id: PatientId


class DeathStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a death was reported and not undone; also False of a person whom nobody knows."""

    reported: bool


class UndoDeath(msgspec.Struct, frozen=True, kw_only=True):
    """Undo a report that was wrong; `evidence`: reference of what shows that the person lives."""

    patient_id: PatientId
    evidence: str


class DeathUndone(msgspec.Struct, frozen=True, kw_only=True):
    """The record is as it was; `not_restored`: what the report ended and the person has to begin again."""

    patient_id: PatientId
    not_restored: tuple[str, ...]
