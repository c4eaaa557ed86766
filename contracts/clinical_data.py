"""Coded data extracted from structured documents: allergies, problems, treatments, vaccinations, results.

Dates keep the precision of their source: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
"""

from datetime import datetime

import msgspec

from contracts.vocabulary import Coded


class HealthProblem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A disease or operation, current or past; `absent`: the document states that there is none.

    `name_says_absent`: the name itself says so (`Pas de problème connu`). `inactive`: resolved, or in remission.
    `uncertain`: suspected or not confirmed.
    """

    name: str
    code: Coded | None = None
    since: str | None = None
    until: str | None = None
    section: str = ""
    """Title of the section it was found in, as its author wrote it."""
    absent: bool = False
    name_says_absent: bool = False
    inactive: bool = False
    uncertain: bool = False


class Allergy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An allergy or intolerance and its agent; `absent`, `inactive`, `uncertain`: as of a HealthProblem.

    `reactions`, `criticality`, `severity`: in the words of the document.
    """

    name: str
    agent: str | None = None
    code: Coded | None = None
    since: str | None = None
    until: str | None = None
    reactions: tuple[str, ...] = ()
    criticality: str | None = None
    severity: str | None = None
    absent: bool = False
    name_says_absent: bool = False
    inactive: bool = False
    uncertain: bool = False


class Treatment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A medication with dose and frequency as the document states them, and its indication.

    `planned`: prescribed or intended, without a statement that it is taken. `condition`: what it depends on.
    """

    name: str
    code: Coded | None = None
    dose: str | None = None
    rhythm: str | None = None
    route: str | None = None
    since: str | None = None
    until: str | None = None
    reason: str | None = None
    condition: str | None = None
    planned: bool = False


class Vaccination(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A vaccination that was given, or was not (`absent`)."""

    name: str
    code: Coded | None = None
    on: str | None = None
    lot: str | None = None
    rank: str | None = None
    absent: bool = False
    name_says_absent: bool = False


class LabResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One laboratory result; `value` as written, with its bounds (`< 20`), `number` if it is a plain number.

    `at`: the time, if the document states it to the minute with its zone. `on`: the date, as precise as it is stated.
    `interpretation`: codes, separated by commas.
    """

    name: str
    analyte: Coded
    value: str
    number: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    interpretation: str | None = None
    at: datetime | None = None
    on: str | None = None


class ClinicalData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything extracted from one document."""

    allergies: tuple[Allergy, ...] = ()
    problems: tuple[HealthProblem, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    vaccinations: tuple[Vaccination, ...] = ()
    results: tuple[LabResult, ...] = ()
    incomplete: bool = False
    """The document has more entries than are extracted."""
    left_out: tuple[str, ...] = ()
    """The lists above without some entry, because it is no plain statement about the patient: read the document."""
