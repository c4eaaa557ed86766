"""Results over time as the pages show them: what is out of range first, each with its plot and a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from contracts.vocabulary import DocumentId
from gateway.api.clinical_data import RecordClinicalData
from gateway.trend_plots import MOST_POINTS, day_of, draw, newest_of, unit_text
from gateway.trends import Point, ResultPosition, Trend, position_of, shows_all, trends_in
from translations.catalogue import catalogue

_MOST = 60
"""Plots of a page."""
_TEXTS = catalogue("portal")
_POSITIONS = _TEXTS.of_codes("trends.{}", ResultPosition)


@dataclass(frozen=True)
class ResultRow:
    """One result, as a row of a table."""

    day: str
    value: str
    range: str
    position: str
    is_out: bool
    document_id: DocumentId


@dataclass(frozen=True)
class ShownTrend:
    """One analyte: its rows, newest first, and the plot."""

    name: str
    unit: str
    rows: tuple[ResultRow, ...]
    plot: Markup

    @property
    def newest(self) -> ResultRow:
        return self.rows[0]


@dataclass(frozen=True)
class ShownTrends:
    """What `trends.html` shows; `is_complete`: no result in numbers is missing."""

    trends: tuple[ShownTrend, ...]
    is_complete: bool


def shown_trends(data: RecordClinicalData, language: str) -> ShownTrends:
    """The trends of a record, those whose newest result is out of range first, then by name."""
    found = trends_in(data.sources)
    is_complete = (
        not (data.more or data.unread)
        and all(shows_all(source.facts) for source in data.sources)
        and len(found) <= _MOST
        and all(len(trend.points) <= MOST_POINTS for trend in found)
    )
    ordered = sorted(found, key=lambda trend: (not position_of(trend.points[-1]).is_out, trend.name.casefold()))
    return ShownTrends(tuple(_shown(newest_of(trend), language) for trend in ordered[:_MOST]), is_complete)


def _shown(trend: Trend, language: str) -> ShownTrend:
    return ShownTrend(
        name=trend.name,
        unit=unit_text(trend.unit, language),
        rows=_rows_of(trend.points, language),
        # `draw` escapes what documents say.
        plot=Markup(draw(trend, language)),  # noqa: S704
    )


def _rows_of(points: Sequence[Point], language: str) -> tuple[ResultRow, ...]:
    return tuple(
        ResultRow(
            day=day_of(point.at, language),
            value=point.value,
            range=_range_of(point),
            position=_POSITIONS.text(position_of(point), language),
            is_out=position_of(point).is_out,
            document_id=point.document_id,
        )
        for point in reversed(points)
    )


def _range_of(point: Point) -> str:
    match point.low, point.high:
        case None, None:
            return ""
        case None, high:
            return f"≤ {high:g}"
        case low, None:
            return f"≥ {low:g}"
        case low, high:
            return f"{low:g} – {high:g}"
