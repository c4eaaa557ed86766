"""Laboratory results of an analyte over time: collected from documents, and how each compares with its limits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from contracts.clinical_data import ClinicalData, LabResult
from contracts.vocabulary import Coded, DocumentId, Visibility

_BOUNDS = ("<", ">", "≤", "≥")
_DAY_CHARACTERS = 10
"""Of `YYYY-MM-DD`."""


class SourcedClinicalData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Coded data of one document; `visibility`: its marks."""

    document_id: DocumentId
    title: str
    created_at: datetime
    facts: ClinicalData
    visibility: tuple[Visibility, ...] = ()


class Point(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result: its time, value, reference limits and document; `on`: the day, if that is all that is stated."""

    at: datetime
    number: float
    value: str
    document_id: DocumentId
    low: float | None = None
    high: float | None = None
    interpretation: str | None = None
    on: str | None = None


class ResultPosition(StrEnum):
    """How a result compares with its limits."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"
    ABNORMAL = "abnormal"
    """The document says so, and not in which direction."""
    UNKNOWN = "unknown"

    @property
    def is_out(self) -> bool:
        return self in {ResultPosition.BELOW, ResultPosition.ABOVE, ResultPosition.ABNORMAL}


_BY_INTERPRETATION = {
    **dict.fromkeys(("H", "HH", "HU"), ResultPosition.ABOVE),
    **dict.fromkeys(("L", "LL", "LU"), ResultPosition.BELOW),
    **dict.fromkeys(("A", "AA"), ResultPosition.ABNORMAL),
    "N": ResultPosition.WITHIN,
}
"""Codes of ObservationInterpretation."""


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """The results of an analyte in one unit, oldest first; results in another unit are another trend."""

    analyte: Coded
    name: str
    unit: str
    points: tuple[Point, ...]


def trends_in(sources: Iterable[SourcedClinicalData]) -> tuple[Trend, ...]:
    """Trends of all numeric results, one for each analyte and unit; a result without a time gets its document's.

    One that is dated by its year or month only has no place among the others (`shows_all`).
    """
    grouped: dict[tuple[str, str | None, str], list[tuple[Point, LabResult]]] = defaultdict(list)
    for source in sources:
        for result in source.facts.results:
            if result.number is not None and _has_place(result):
                point = _point(result, result.number, source)
                key = (result.analyte.code, result.analyte.system, result.unit or "")
                grouped[key].append((point, result))
    return tuple(_trend(unit, results) for (_, _, unit), results in sorted(grouped.items(), key=_key))


def shows_all(facts: ClinicalData) -> bool:
    """Whether trends show every result of a document that is a number, a bound such as `< 20` included."""
    quantities = (result for result in facts.results if result.number is not None or result.value[:1] in _BOUNDS)
    is_whole = not facts.incomplete and "results" not in facts.left_out
    return is_whole and all(result.number is not None and _has_place(result) for result in quantities)


def _has_place(result: LabResult) -> bool:
    """Whether a result has a day, or no time of its own at all."""
    return result.on is None or len(result.on) == _DAY_CHARACTERS


def _key(item: tuple[tuple[str, str | None, str], object]) -> str:
    return str(item[0])


def _point(result: LabResult, number: float, source: SourcedClinicalData) -> Point:
    return Point(
        at=result.at or _start_of_day(result.on) or source.created_at,
        number=number,
        value=result.value,
        document_id=source.document_id,
        low=result.low,
        high=result.high,
        interpretation=result.interpretation,
        on=result.on if result.at is None else None,
    )


def _start_of_day(day: str | None) -> datetime | None:
    return None if day is None else datetime.fromisoformat(day).replace(tzinfo=UTC)


def _trend(unit: str, results: Sequence[tuple[Point, LabResult]]) -> Trend:
    by_time = sorted(results, key=lambda pair: pair[0].at)
    newest = by_time[-1][1]
    return Trend(
        analyte=newest.analyte,
        name=newest.name,
        unit=unit,
        points=tuple(dict.fromkeys(point for point, _ in by_time)),
    )


def position_of(point: Point) -> ResultPosition:
    """By its limits; where the document states none, by what it says of the result."""
    if point.low is not None and point.number < point.low:
        return ResultPosition.BELOW
    if point.high is not None and point.number > point.high:
        return ResultPosition.ABOVE
    interpreted = [
        _BY_INTERPRETATION[code] for code in (point.interpretation or "").split(",") if code in _BY_INTERPRETATION
    ]
    if interpreted and interpreted[0].is_out:
        return interpreted[0]
    has_limits = point.low is not None or point.high is not None
    return ResultPosition.WITHIN if has_limits or interpreted else ResultPosition.UNKNOWN
