"""The overview at the top of a medical summary: allergies first, then problems, treatments and the rest."""

from collections.abc import Sequence
from html import escape

from contracts.clinical_data import ClinicalData
from services.documents.rendering.rhythms import in_words
from translations.catalogue import catalogue

_TEXTS = catalogue("documents")
_MAX_LINES = 12
"""Lines of each group; the narrative has them all."""


def summary(data: ClinicalData, language: str) -> str:
    """One block of HTML; empty if the document has no coded entries."""
    _ = _TEXTS.in_language(language)
    groups = (
        (
            _("summary.allergies"),
            [
                _line(_name(allergy.agent or allergy.name, allergy.absent, language), _day(allergy.since))
                for allergy in data.allergies
            ],
        ),
        (
            _("summary.problems"),
            [
                _line(_name(problem.name, problem.absent, language), _span(problem.since, problem.until))
                for problem in data.problems
            ],
        ),
        (
            _("summary.treatments"),
            [
                _line(treatment.name, treatment.dose, in_words(treatment.rhythm, language), treatment.reason)
                for treatment in data.treatments
            ],
        ),
        (
            _("summary.vaccinations"),
            [
                _line(_name(vaccination.name, vaccination.absent, language), _day(vaccination.on))
                for vaccination in data.vaccinations
            ],
        ),
        (
            _("summary.results"),
            [
                _line(f"{result.name} : {result.value}", result.unit, _flag(result.interpretation))
                for result in data.results
            ],
        ),
    )
    shown = [
        f"<section><h2>{title}</h2><ul>{''.join(_item(line) for line in _bounded(lines))}</ul></section>"
        for title, lines in groups
        if lines
    ]
    if data.incomplete:
        words = _("summary.incomplete")
        shown.append(f"<p>{escape(words)}</p>")
    return f'<section class="summary">{"".join(shown)}</section>' if shown else ""


def _bounded(lines: Sequence[str]) -> list[str]:
    rest = len(lines) - _MAX_LINES
    return [*lines[:_MAX_LINES], *([f"… (+ {rest})"] if rest > 0 else [])]


def _item(line: str) -> str:
    return f"<li>{escape(line)}</li>"


def _name(name: str, absent: bool, language: str) -> str:
    _ = _TEXTS.in_language(language)
    return _("summary.absent").format(name=name) if absent else name


def _day(date: str | None) -> str | None:
    """`2019-08-11` as `11/08/2019`."""
    return "/".join(reversed(date.split("-"))) if date else None


def _span(since: str | None, until: str | None) -> str | None:
    return " – ".join(day for day in (_day(since), _day(until)) if day) or None


def _flag(interpretation: str | None) -> str | None:
    return None if interpretation in {None, "N"} else interpretation


def _line(name: str, *details: str | None) -> str:
    return " · ".join(part for part in (name, *details) if part)
