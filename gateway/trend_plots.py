"""Trends as plots: SVG without scripts or colours of its own, which the page around it gives by classes."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import NamedTuple

import msgspec

from chassis.static import csp_hash, read_style
from gateway.trends import Point, ResultPosition, Trend, position_of
from translations.catalogue import catalogue

_WIDTH, _HEIGHT = 480, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 20, 34
_LINE_HEIGHT = 22
_MARGIN = 0.08
"""Free space above and below the values, as a fraction of their range."""
_MARKS = {ResultPosition.ABOVE: "▲", ResultPosition.BELOW: "▼", ResultPosition.ABNORMAL: "!"}
"""Beside a value out of range, for whom a colour says nothing."""

MOST_PLOTS, MOST_POINTS = 200, 100
"""Of a page, and of a plot: with the newest results of fifty documents, and as many as a person can look at."""
_STYLE = read_style("gateway", "static/trends.css")
POLICY = (
    f"default-src 'none'; style-src {csp_hash(_STYLE)}; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""Content-Security-Policy of the page of plots."""
_TEXTS = catalogue("pages")
_INTERNATIONAL = {"fr": "UI", "en": "IU"}
_UNIT = re.compile(r"\[IU\]|\[iU\]")
_ANNOTATION = re.compile(r"\{([^}]*)\}")
_POWER = re.compile(r"10[*^](-?\d+)")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_WRITTEN = {"Cel": "°C", "%": "%", "1": ""}
_MICRO = re.compile(r"(^|[/.])u(?=[A-Za-zµ])")


def unit_text(unit: str, language: str) -> str:
    """A unit of UCUM as people write it: `mUI/L` for `m[IU]/L`, `µg/L`, `10⁹/L`, `mmHg`; others as they are."""
    if unit in _WRITTEN:
        return _WRITTEN[unit]
    text = _UNIT.sub(_INTERNATIONAL[language], unit)
    text = _POWER.sub(lambda found: f"10{found[1].translate(_RAISED)}", text)
    text = _MICRO.sub(r"\1µ", text)
    return _ANNOTATION.sub(r"\1", text).replace("[", "").replace("]", "")


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
    plots = "".join(_figure(newest_of(trend), language) for trend in trends[:MOST_PLOTS])
    is_complete &= len(trends) <= MOST_PLOTS and all(len(trend.points) <= MOST_POINTS for trend in trends)
    _ = _TEXTS.in_language(language)
    title, empty, incomplete = _("trends.title"), _("trends.empty"), _("trends.incomplete")
    missing = "" if is_complete else f"<p>{escape(incomplete)}</p>"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{title}</h1>{missing}{plots or f'<p>{empty}</p>'}</body></html>"
    )


def _figure(trend: Trend, language: str) -> str:
    return f"<figure><figcaption>{escape(title_of(trend, language))}</figcaption>{draw(trend, language)}</figure>"


def newest_of(trend: Trend) -> Trend:
    """The trend with as many points as a plot shows."""
    return msgspec.structs.replace(trend, points=trend.points[-MOST_POINTS:])


def title_of(trend: Trend, language: str) -> str:
    """Name and unit."""
    unit = unit_text(trend.unit, language)
    return f"{trend.name} ({unit})" if unit else trend.name


def draw(trend: Trend, language: str) -> str:
    """An SVG: the points, a line through them, the newest limits as a band; no scripts, no links."""
    scale = _scale_of(trend)
    newest = trend.points[-1]
    line = " ".join(f"{scale.x(point.at)},{scale.y(point.number)}" for point in trend.points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
        f"<title>{escape(title_of(trend, language))}</title>",
        _band(scale, newest),
        _axes(scale, trend, language),
        f'<polyline points="{line}" class="line"/>',
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
    return f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{height}" class="band"/>'


def _axes(scale: _Scale, trend: Trend, language: str) -> str:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    newest = trend.points[-1]
    levels = [
        f'<text x="{_LEFT - 8}" y="{scale.y(value) + 4}" text-anchor="end">{value:g}</text>'
        for value in _axis_labels(scale, trend)
    ]
    first, last = day_of(trend.points[0].at, language), day_of(newest.at, language)
    ends = f'<text x="{_LEFT}" y="{bottom + 22}">{first}</text>' if first != last else ""
    return (
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" class="axis"/>{"".join(levels)}{ends}'
        f'<text x="{right}" y="{bottom + 22}" text-anchor="end">{last}</text>'
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
    position, x, y = position_of(point), scale.x(point.at), scale.y(point.number)
    label = escape(f"{day_of(point.at, language)} : {point.value}")
    kind = "dot out" if position.is_out else "dot"
    dot = f'<circle class="{kind}" cx="{x}" cy="{y}" r="5"><title>{label}</title></circle>'
    mark = _MARKS.get(position, "")
    return f'{dot}<text class="out" x="{x}" y="{y - 9}" text-anchor="middle">{mark}</text>' if mark else dot


def day_of(at: datetime, language: str) -> str:
    """A date in figures."""
    return f"{at:%d/%m/%Y}" if language == "fr" else f"{at:%Y-%m-%d}"
