"""Laboratory results of an analyte over time: collected from documents, and drawn as SVG."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple

import msgspec

from chassis.static import csp_hash, read_style
from contracts.clinical_data import ClinicalData, LabResult
from contracts.vocabulary import Coded, DocumentId
from translations.catalogue import catalogue

_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 24, 48, 36
_LINE_HEIGHT = 14
_MARGIN = 0.08
"""Free space above and below the values, as a fraction of their range."""


MOST_PLOTS, MOST_POINTS = 200, 100
"""Of a page, and of a plot: with the newest results of fifty documents, and as many as a person can look at."""
_STYLE = read_style("gateway", "static/trends.css")
POLICY = (
    f"default-src 'none'; style-src {csp_hash(_STYLE)}; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""Content-Security-Policy of the page of plots."""
_BOUNDS = ("<", ">", "≤", "≥")
_DAY_CHARACTERS = 10
"""Of `YYYY-MM-DD`."""
_TEXTS = catalogue("pages")


class SourcedClinicalData(msgspec.Struct, frozen=True, kw_only=True):
    """Coded data of one document."""

    document_id: DocumentId
    title: str
    created_at: datetime
    facts: ClinicalData


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


class _Scale(NamedTuple):
    """Maps times and values to coordinates."""

    first: float
    last: float
    lowest: float
    highest: float

    def x(self, at: datetime) -> float:
        span = self.last - self.first
        fraction = (at.timestamp() - self.first) / span if span else 0.5
        return round(_LEFT + fraction * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, number: float) -> float:
        fraction = (number - self.lowest) / (self.highest - self.lowest)
        return round(_HEIGHT - _BOTTOM - fraction * (_HEIGHT - _TOP - _BOTTOM), 1)


def page_of(trends: Sequence[Trend], language: str, *, is_complete: bool = True) -> str:
    """An HTML page with a plot of each trend; it says if results are missing, which is so unless `is_complete`."""
    plots = "".join(f"<figure>{draw(_newest(trend), language)}</figure>" for trend in trends[:MOST_PLOTS])
    is_complete &= len(trends) <= MOST_PLOTS and all(len(trend.points) <= MOST_POINTS for trend in trends)
    _ = _TEXTS.in_language(language)
    title, empty, incomplete = _("trends.title"), _("trends.empty"), _("trends.incomplete")
    missing = "" if is_complete else f"<p>{escape(incomplete)}</p>"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{title}</h1>{missing}{plots or f'<p>{empty}</p>'}</body></html>"
    )


def _newest(trend: Trend) -> Trend:
    return msgspec.structs.replace(trend, points=trend.points[-MOST_POINTS:])


def draw(trend: Trend, language: str) -> str:
    """An SVG of 720 by 300: the points, a line through them, the newest limits as a band; no scripts, no links."""
    scale = _scale_of(trend)
    newest = trend.points[-1]
    title = f"{trend.name} ({trend.unit})" if trend.unit else trend.name
    line = " ".join(f"{scale.x(point.at)},{scale.y(point.number)}" for point in trend.points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="system-ui,sans-serif" font-size="13"><title>{escape(title)}</title>'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        f'<text x="{_LEFT}" y="26" font-size="16" font-weight="600">{escape(title)}</text>',
        _band(scale, newest),
        _axes(scale, trend, language),
        f'<polyline points="{line}" fill="none" stroke="#0a6e6e" stroke-width="2"/>',
        *(_dot(scale, point, language) for point in trend.points),
        "</svg>",
    ]
    return "".join(parts)


def _scale_of(trend: Trend) -> _Scale:
    newest = trend.points[-1]
    limits = [limit for limit in (newest.low, newest.high) if limit is not None]
    values = [*(point.number for point in trend.points), *limits]
    lowest, highest = min(values), max(values)
    free = (highest - lowest) * _MARGIN or abs(highest) * _MARGIN or 1.0
    times = [point.at.timestamp() for point in trend.points]
    return _Scale(min(times), max(times), lowest - free, highest + free)


def _band(scale: _Scale, newest: Point) -> str:
    if newest.low is None and newest.high is None:
        return ""
    top = scale.y(scale.highest if newest.high is None else newest.high)
    bottom = scale.y(scale.lowest if newest.low is None else newest.low)
    width, height = _WIDTH - _LEFT - _RIGHT, round(bottom - top, 1)
    return f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{height}" fill="#0a6e6e" fill-opacity="0.12"/>'


def _axes(scale: _Scale, trend: Trend, language: str) -> str:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    newest = trend.points[-1]
    levels = [
        f'<text x="{_LEFT - 8}" y="{scale.y(value) + 4}" text-anchor="end" fill="#456">{value:g}</text>'
        for value in _axis_labels(scale, trend)
    ]
    first, last = _day(trend.points[0].at, language), _day(newest.at, language)
    ends = f'<text x="{_LEFT}" y="{bottom + 22}" fill="#456">{first}</text>' if first != last else ""
    return (
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#8a9a9a"/>{"".join(levels)}{ends}'
        f'<text x="{right}" y="{bottom + 22}" text-anchor="end" fill="#456">{last}</text>'
    )


def _axis_labels(scale: _Scale, trend: Trend) -> list[float]:
    """Values to label on the axis: the limits, then the extremes where they do not overlap."""
    newest, numbers = trend.points[-1], [point.number for point in trend.points]
    labels: list[float] = []
    for value in (newest.low, newest.high, max(numbers), min(numbers)):
        if value is not None and all(abs(scale.y(value) - scale.y(other)) > _LINE_HEIGHT for other in labels):
            labels.append(value)
    return labels


def _dot(scale: _Scale, point: Point, language: str) -> str:
    is_outside = (point.low is not None and point.number < point.low) or (
        point.high is not None and point.number > point.high
    )
    colour = "#b3261e" if is_outside else "#0a6e6e"
    label = escape(f"{_day(point.at, language)} : {point.value}")
    x, y = scale.x(point.at), scale.y(point.number)
    return f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"><title>{label}</title></circle>'


def _day(at: datetime, language: str) -> str:
    return f"{at:%d/%m/%Y}" if language == "fr" else f"{at:%Y-%m-%d}"
