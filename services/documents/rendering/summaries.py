"""The overview at the top of a medical summary: allergies first, then problems, treatments and the rest."""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from contracts.clinical_data import Allergy, ClinicalData, HealthProblem, LabResult, Treatment, Vaccination
from services.documents.rendering.rhythms import dose_in_words, in_words, unit_in_words
from translations.catalogue import catalogue

_TEXTS = catalogue("documents")
_DETAILS = _TEXTS.of_codes("{}", ("summary.reactions", "summary.criticality", "summary.severity"))
_ANSWERS = _TEXTS.of_codes("answer.{}", ("true", "false"))
_MAX_LINES = 12
"""Lines of each group; the narrative has them all."""


def summary(data: ClinicalData, language: str) -> str:
    """One block of HTML; empty if the document has no coded entries."""
    lines, _ = _Lines(language), _TEXTS.in_language(language)
    groups = (
        (_("summary.allergies"), list(map(lines.of_allergy, data.allergies))),
        (_("summary.problems"), list(map(lines.of_problem, data.problems))),
        (_("summary.treatments"), list(map(lines.of_treatment, data.treatments))),
        (_("summary.vaccinations"), list(map(lines.of_vaccination, data.vaccinations))),
        (_("summary.results"), list(map(lines.of_result, data.results))),
    )
    shown = [
        f"<section><h2>{title}</h2><ul>{''.join(_item(line) for line in _bounded(lines_of))}</ul></section>"
        for title, lines_of in groups
        if lines_of
    ]
    if data.incomplete or data.left_out:
        words = _("summary.incomplete")
        shown.append(f"<p>{escape(words)}</p>")
    return f'<section class="summary">{"".join(shown)}</section>' if shown else ""


class _Lines:
    """One line of words for each kind of statement."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._text: Callable[[str], str] = _TEXTS.in_language(language)

    def of_allergy(self, allergy: Allergy) -> str:
        name = allergy.name if allergy.name_says_absent else allergy.agent or allergy.name
        return _line(
            self._name(name, allergy),
            _span(allergy.since, allergy.until),
            *self._doubts(allergy),
            self._with("summary.reactions", ", ".join(allergy.reactions)),
            self._with("summary.criticality", allergy.criticality),
            self._with("summary.severity", allergy.severity),
        )

    def of_problem(self, problem: HealthProblem) -> str:
        return _line(self._name(problem.name, problem), _span(problem.since, problem.until), *self._doubts(problem))

    def of_treatment(self, treatment: Treatment) -> str:
        _ = self._text
        return _line(
            treatment.name,
            _("summary.planned") if treatment.planned else None,
            dose_in_words(treatment.dose, self._language),
            in_words(treatment.rhythm, self._language),
            treatment.condition,
            treatment.reason,
            _span(treatment.since, treatment.until),
        )

    def of_vaccination(self, vaccination: Vaccination) -> str:
        return _line(self._name(vaccination.name, vaccination), _span(vaccination.on, None))

    def of_result(self, result: LabResult) -> str:
        words = _ANSWERS.text(result.value, self._language) if result.value in _ANSWERS else result.value
        value = " ".join(part for part in (words, unit_in_words(result.unit, self._language)) if part)
        return _line(f"{result.name} : {value}", _flag(result.interpretation), _span(result.on, None))

    def _name(self, name: str, statement: Allergy | HealthProblem | Vaccination) -> str:
        """The name, or what is said of it if it is absent; an author's own denial stays as it is."""
        _ = self._text
        is_marked = statement.absent and not statement.name_says_absent
        return _("summary.absent").format(name=name) if is_marked else name

    def _doubts(self, statement: Allergy | HealthProblem) -> Iterator[str]:
        _ = self._text
        if statement.inactive:
            yield _("summary.inactive")
        if statement.uncertain:
            yield _("summary.uncertain")

    def _with(self, key: str, words: str | None) -> str | None:
        return _DETAILS.text(key, self._language).format(words=words) if words else None


def _bounded(lines: Sequence[str]) -> list[str]:
    rest = len(lines) - _MAX_LINES
    return [*lines[:_MAX_LINES], *([f"… (+ {rest})"] if rest > 0 else [])]


def _item(line: str) -> str:
    return f"<li>{escape(line)}</li>"


def _span(since: str | None, until: str | None) -> str | None:
    """`2019-08-11` as `11/08/2019`; with an end, both."""
    days = ["/".join(reversed(date.split("-"))) for date in (since, until) if date]
    return f"→ {days[0]}" if until and not since else " – ".join(days) or None


def _flag(interpretation: str | None) -> str | None:
    return None if interpretation in {None, "N"} else interpretation


def _line(name: str, *details: str | None) -> str:
    return " · ".join(part for part in (name, *details) if part)
