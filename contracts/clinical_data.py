"""Coded data extracted from structured documents: allergies, problems, treatments, vaccinations, results.

Dates keep the precision of their source: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
"""

from datetime import datetime

import msgspec

from contracts.vocabulary import Coded


class HealthProblem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A disease or operation, current or past; `absent`: the document states that there is none."""

    name: str
    code: Coded | None = None
    since: str | None = None
    until: str | None = None
    section: str = ""
    """Title of the section it was found in, as its author wrote it."""
    absent: bool = False


class Allergy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An allergy or intolerance and its agent; `absent`: the document states that there is none."""

    name: str
    agent: str | None = None
    code: Coded | None = None
    since: str | None = None
    absent: bool = False


class Treatment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A medication with dose and frequency as the document states them, and its indication."""

    name: str
    code: Coded | None = None
    dose: str | None = None
    rhythm: str | None = None
    route: str | None = None
    since: str | None = None
    until: str | None = None
    reason: str | None = None


class Vaccination(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A vaccination that was given, or was not (`absent`)."""

    name: str
    code: Coded | None = None
    on: str | None = None
    lot: str | None = None
    rank: str | None = None
    absent: bool = False


class LabResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One laboratory result; `value` as written, `number` if it is numeric."""

    name: str
    analyte: Coded
    value: str
    number: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    interpretation: str | None = None
    at: datetime | None = None


class ClinicalData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything extracted from one document."""

    allergies: tuple[Allergy, ...] = ()
    problems: tuple[HealthProblem, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    vaccinations: tuple[Vaccination, ...] = ()
    results: tuple[LabResult, ...] = ()
    incomplete: bool = False
    """The document has more entries than are extracted."""
