"""What the record reads by itself in a structured document: allergies, problems, treatments, vaccinations, results.

Dates are as precise as their source: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
"""

from datetime import datetime

import msgspec

from contracts.vocabulary import Coded


class HealthProblem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A disease or operation, now or in the past; `absent`: the document says there is none."""

    name: str
    code: Coded | None = None
    since: str | None = None
    until: str | None = None
    section: str = ""
    """Title of the section it stands in, in the words of its author."""
    absent: bool = False


class Allergy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An allergy or intolerance, and to what; `absent`: the document says there is none."""

    name: str
    agent: str | None = None
    code: Coded | None = None
    since: str | None = None
    absent: bool = False


class Treatment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A drug that is taken: dose and rhythm as the document has them, and why."""

    name: str
    code: Coded | None = None
    dose: str | None = None
    rhythm: str | None = None
    route: str | None = None
    since: str | None = None
    until: str | None = None
    reason: str | None = None


class Vaccination(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A vaccine that was given, or was not (`absent`)."""

    name: str
    code: Coded | None = None
    on: str | None = None
    lot: str | None = None
    rank: str | None = None
    absent: bool = False


class LabResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result of a laboratory; `value` as it was written, `number` where it is one."""

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
    """All that was read in one document."""

    allergies: tuple[Allergy, ...] = ()
    problems: tuple[HealthProblem, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    vaccinations: tuple[Vaccination, ...] = ()
    results: tuple[LabResult, ...] = ()
