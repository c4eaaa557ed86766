"""Laboratory results over time: one trend for each analyte and unit, and its plot."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from lxml import etree

from contracts.clinical_data import ClinicalData, LabResult
from contracts.vocabulary import Coded, DocumentId
from gateway.trend_plots import MOST_PLOTS, MOST_POINTS, draw, page_of, unit_text
from gateway.trends import ResultPosition, SourcedClinicalData, Trend, position_of, shows_all, trends_in

FERRITIN = Coded("2276-4", "2.16.840.1.113883.6.1", "Ferritine")
SVG = "{http://www.w3.org/2000/svg}"


def result(number: float | None = 30.0, *, day: int | None = 1, **more: Any) -> LabResult:
    at = None if day is None else datetime(2026, 3, day, tzinfo=UTC)
    fields: dict[str, Any] = {
        "name": "Ferritine",
        "analyte": FERRITIN,
        "unit": "ug/L",
        "value": str(number),
        "at": at,
    } | more
    return LabResult(number=number, **fields)


def source(*results: LabResult) -> SourcedClinicalData:
    return SourcedClinicalData(
        document_id=DocumentId(uuid4()),
        title="Bilan",
        created_at=datetime(2026, 2, 1, tzinfo=UTC),
        facts=ClinicalData(results=results),
    )


def trend_of(*results: LabResult) -> Trend:
    (found,) = trends_in([source(lab_result) for lab_result in results])
    return found


def svg(trend: Trend, language: str = "fr") -> etree._Element:
    return etree.fromstring(draw(trend, language).encode())


def test_a_page_draws_a_bounded_number_of_results_and_says_so_in_both_languages() -> None:
    missing = {"fr": "ne montre pas tous les résultats", "en": "does not show all results"}
    many = trend_of(*(result(number, day=None) for number in range(MOST_POINTS + 1)))
    few = trend_of(*(result(number, day=None) for number in range(MOST_POINTS)))
    for language, words in missing.items():
        assert words not in page_of([few] * MOST_PLOTS, language)
        assert words in page_of([few], language, is_complete=False)
        for trends in ([many], [few] * (MOST_PLOTS + 1)):
            page = page_of(trends, language)
            assert words in page
            assert page.count("<svg") <= MOST_PLOTS and page.count("<circle") <= MOST_PLOTS * MOST_POINTS
    page = page_of([many], "fr")
    assert f" : {MOST_POINTS}</title>" in page and " : 0</title>" not in page


def test_points_are_sorted_by_time() -> None:
    trend = trend_of(result(12, day=9), result(30, day=1), result(20, day=5))
    assert [point.number for point in trend.points] == [30, 20, 12]


def test_a_result_of_a_day_stands_there_and_one_of_a_year_only_has_no_place() -> None:
    (trend,) = trends_in([source(result(12, day=None, on="2025-02-03"), result(13, day=None, on="2025"))])
    assert [(point.number, f"{point.at:%Y-%m-%d}", point.on) for point in trend.points] == [
        (12, "2025-02-03", "2025-02-03")
    ]


@pytest.mark.parametrize(
    ("facts", "is_whole"),
    [
        (ClinicalData(results=(result(12), result(None, value="négatif"))), True),
        (ClinicalData(results=(result(None, value="< 20"),)), False),
        (ClinicalData(results=(result(12, day=None, on="2025"),)), False),
        (ClinicalData(left_out=("results",)), False),
        (ClinicalData(left_out=("problems",)), True),
        (ClinicalData(incomplete=True), False),
    ],
)
def test_results_that_no_trend_shows_are_known(facts: ClinicalData, is_whole: bool) -> None:
    assert shows_all(facts) == is_whole


def test_each_unit_is_a_trend_and_textual_results_are_none() -> None:
    found = trends_in([source(result(30), result(67, unit="nmol/L"), result(None))])
    assert [(trend.unit, len(trend.points)) for trend in found] == [("nmol/L", 1), ("ug/L", 1)]


def test_result_without_a_time_gets_that_of_its_document() -> None:
    assert trend_of(result(day=None)).points[0].at == datetime(2026, 2, 1, tzinfo=UTC)


def test_duplicate_result_in_a_document_is_one_point() -> None:
    (trend,) = trends_in([source(result(), result())])
    assert len(trend.points) == 1


def test_newest_name_and_limits_are_shown() -> None:
    trend = trend_of(result(30, day=1, name="Ferritine (anc.)", low=1, high=2), result(40, day=2, low=20, high=200))
    assert trend.name == "Ferritine"
    drawing = svg(trend)
    assert drawing.findtext(f"{SVG}title") == "Ferritine (µg/L)"
    assert {text.text for text in drawing.iter(f"{SVG}text")} >= {"20", "200", "01/03/2026"}
    assert [band.get("class") for band in drawing.iter(f"{SVG}rect")] == ["band"]


def test_higher_values_are_drawn_higher_and_later_ones_further_right() -> None:
    first, second = svg(trend_of(result(10, day=1), result(20, day=2))).iter(f"{SVG}circle")
    assert float(second.get("cx", "")) > float(first.get("cx", ""))
    assert float(second.get("cy", "")) < float(first.get("cy", ""))


@pytest.mark.parametrize(("number", "mark"), [(9.0, "▼"), (10.0, ""), (20.0, ""), (21.0, "▲")])
def test_result_outside_its_limits_is_marked_by_more_than_its_colour(number: float, mark: str) -> None:
    drawing = svg(trend_of(result(number, low=10, high=20)))
    (dot,) = drawing.iter(f"{SVG}circle")
    assert dot.get("class") == ("dot out" if mark else "dot")
    assert [text.text for text in drawing.iter(f"{SVG}text") if text.get("class")] == ([mark] if mark else [])


def test_plots_have_no_colours_of_their_own() -> None:
    drawing = draw(trend_of(result(1, low=2, day=1), result(3, high=2, day=2)), "fr")
    assert not any(word in drawing for word in ("fill=", "stroke=", "style=", "#"))


@pytest.mark.parametrize(
    ("fields", "position"),
    [
        ({"low": 40.0}, ResultPosition.BELOW),
        ({"high": 20.0, "interpretation": "L"}, ResultPosition.ABOVE),
        ({"low": 20.0}, ResultPosition.WITHIN),
        ({"low": 20.0, "interpretation": "H"}, ResultPosition.ABOVE),
        ({"interpretation": "LL"}, ResultPosition.BELOW),
        ({"interpretation": "S,A"}, ResultPosition.ABNORMAL),
        ({"interpretation": "N"}, ResultPosition.WITHIN),
        ({}, ResultPosition.UNKNOWN),
    ],
)
def test_a_result_is_compared_with_its_limits_and_with_what_its_document_says(
    fields: dict[str, Any], position: ResultPosition
) -> None:
    assert position_of(trend_of(result(30, **fields)).points[0]) is position


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        ("m[IU]/L", "mUI/L"),
        ("ug/L", "µg/L"),
        ("umol/L", "µmol/L"),
        ("mmol/L", "mmol/L"),
        ("10*9/L", "10⁹/L"),
        ("mm[Hg]", "mmHg"),
        ("{INR}", "INR"),
        ("g/L", "g/L"),
        ("Cel", "°C"),
        ("u", "u"),
        ("", ""),
    ],
)
def test_units_are_written_as_people_write_them(unit: str, written: str) -> None:
    assert unit_text(unit, "fr") == written
    assert unit_text("m[IU]/L", "en") == "mIU/L"


@pytest.mark.parametrize("number", [0.0, -4.0, 1e15])
def test_single_point_of_any_value_is_drawn_inside(number: float) -> None:
    (dot,) = svg(trend_of(result(number))).iter(f"{SVG}circle")
    assert 0 < float(dot.get("cx", "")) < 480 and 0 < float(dot.get("cy", "")) < 240


def test_names_and_values_are_escaped() -> None:
    hostile = "</title><script>alert(1)</script>"
    drawing = svg(trend_of(result(1, name=hostile, value="<b>")))
    assert not list(drawing.iter(f"{SVG}script"))
    assert drawing.findtext(f"{SVG}title") == f"{hostile} (µg/L)"


def test_page_without_results_says_so_in_both_languages() -> None:
    assert "No structured document" in page_of((), "en") and "Aucun document" in page_of((), "fr")
    assert page_of((trend_of(result()),), "fr").count("<svg") == 1


def test_dates_are_formatted_for_the_language() -> None:
    assert "2026-03-01" in {text.text for text in svg(trend_of(result()), "en").iter(f"{SVG}text")}
