"""The essential of a medical summary, for a reader with ten seconds: what endangers first."""

from collections.abc import Sequence
from html import escape

from contracts.clinical_data import ClinicalData
from services.documents.rendering.rhythms import in_words

_TITLES = {
    "fr": ("Allergies", "Problèmes et antécédents", "Traitements", "Vaccinations", "Résultats"),
    "en": ("Allergies", "Problems and history", "Treatments", "Vaccinations", "Results"),
}
_ABSENT = {"fr": "absence de : ", "en": "no: "}
_MOST = 12
"""Lines of a group on one page; the narrative has them all."""


def summary(facts: ClinicalData, language: str) -> str:
    """One block of HTML, empty where there is nothing in codes."""
    groups = (
        [_line(_not(one.absent, language) + (one.agent or one.name), _day(one.since)) for one in facts.allergies],
        [_line(_not(one.absent, language) + one.name, _span(one.since, one.until)) for one in facts.problems],
        [_line(one.name, one.dose, in_words(one.rhythm, language), one.reason) for one in facts.treatments],
        [_line(_not(one.absent, language) + one.name, _day(one.on)) for one in facts.vaccinations],
        [_line(f"{one.name} : {one.value}", one.unit, _flag(one.interpretation)) for one in facts.results],
    )
    shown = [
        f"<section><h2>{title}</h2><ul>{''.join(_item(line) for line in _first(lines))}</ul></section>"
        for title, lines in zip(_TITLES[language], groups, strict=True)
        if lines
    ]
    return f'<section class="summary">{"".join(shown)}</section>' if shown else ""


def _first(lines: Sequence[str]) -> list[str]:
    rest = len(lines) - _MOST
    return [*lines[:_MOST], *([f"… (+ {rest})"] if rest > 0 else [])]


def _item(line: str) -> str:
    return f"<li>{escape(line)}</li>"


def _not(absent: bool, language: str) -> str:
    return _ABSENT[language] if absent else ""


def _day(date: str | None) -> str | None:
    """`2019-08-11` as people here write it."""
    return "/".join(reversed(date.split("-"))) if date else None


def _span(since: str | None, until: str | None) -> str | None:
    return " – ".join(day for day in (_day(since), _day(until)) if day) or None


def _flag(interpretation: str | None) -> str | None:
    return None if interpretation in {None, "N"} else interpretation


def _line(name: str, *details: str | None) -> str:
    return " · ".join(part for part in (name, *details) if part)
