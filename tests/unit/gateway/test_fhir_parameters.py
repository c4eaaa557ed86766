"""FHIR search parameters: dates of every precision, tokens, known and unknown parameters."""

from datetime import UTC, datetime

import pytest

from contracts.errors.request import InvalidRequest, ParameterUnknown
from contracts.records.searching import DateKind, DateRange
from contracts.vocabulary import AccessMode, DocumentStatus, PatientId
from gateway.fhir.bundles import Shape
from gateway.fhir.document_search import PARAMETERS, message_from
from gateway.fhir.parameters import (
    SearchParameters,
    alternatives,
    count_of,
    periods,
    select_parameters,
    token,
    wants_total,
    windows,
)
from tests.unit.records.specimens import PATIENT

NAMES = {parameter.name for parameter in PARAMETERS}
NEW_YEAR, NEXT = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
OF = DateKind.CREATION


def window(date: str) -> DateRange:
    (found,) = windows([[date]], OF, "creation")
    return found


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026", DateRange(of=OF, since=NEW_YEAR, before=NEXT)),
        ("eq2026", DateRange(of=OF, since=NEW_YEAR, before=NEXT)),
        ("ne2026", DateRange(of=OF, since=NEW_YEAR, before=NEXT, outside=True)),
        ("gt2026", DateRange(of=OF, since=NEXT)),
        ("sa2026", DateRange(of=OF, since=NEXT)),
        ("ge2026", DateRange(of=OF, since=NEW_YEAR)),
        ("lt2026", DateRange(of=OF, before=NEW_YEAR)),
        ("eb2026", DateRange(of=OF, before=NEW_YEAR)),
        ("le2026", DateRange(of=OF, before=NEXT)),
        ("ap0001", DateRange(of=OF, before=datetime(2, 1, 2, tzinfo=UTC))),
        ("ap9999-12-30", DateRange(of=OF, since=datetime(9999, 12, 29, tzinfo=UTC))),
        ("ge2026-01-01T01:00:00+01:00", DateRange(of=OF, since=NEW_YEAR)),
        ("ge2026-01-01T01:00:00 01:00", DateRange(of=OF, since=NEW_YEAR)),
        ("ge2025-12-31T23:00-01:00", DateRange(of=OF, since=NEW_YEAR)),
        ("ge2026-01-01T00:00:00.000Z", DateRange(of=OF, since=NEW_YEAR)),
    ],
)
def test_date_means_its_whole_interval(date: str, expected: DateRange) -> None:
    assert window(date) == expected


@pytest.mark.parametrize(("date", "days"), [("2024-02", 29), ("2026-02", 28), ("2026-02-03", 1), ("2024", 366)])
def test_interval_of_a_date_follows_the_calendar(date: str, days: int) -> None:
    found = window(date)
    assert found.since and found.before
    assert (found.before - found.since).days == days


@pytest.mark.parametrize("date", ["", "soon", "2026-13", "2026-02-30", "9999", "xx2026", "2026-01-01T25:00", "٢٠٢٦"])
def test_invalid_date_is_refused(date: str) -> None:
    with pytest.raises(InvalidRequest):
        window(date)


def test_period_is_compared_by_its_ends() -> None:
    starts, stops = DateKind.SERVICE_START, DateKind.SERVICE_STOP
    assert periods([["ge2026"]], "period") == (DateRange(of=stops, since=NEW_YEAR),)
    assert periods([["lt2026"]], "period") == (DateRange(of=starts, before=NEW_YEAR),)
    assert periods([["ap2026"]], "period") == (DateRange(of=starts, before=NEXT), DateRange(of=stops, since=NEW_YEAR))
    with pytest.raises(InvalidRequest):
        periods([["ne2026"]], "period")


def test_alternatives_are_separated_by_unescaped_commas() -> None:
    assert alternatives(r"a\,b,c\|d", "x") == ["a,b", "c|d"]
    for value in ("", "a,,b"):
        with pytest.raises(InvalidRequest):
            alternatives(value, "x")


def test_token_is_searched_with_its_system_if_it_has_one() -> None:
    assert token("11502-2", "type") == "type:11502-2"
    assert token("|11502-2", "type") == "type:11502-2"
    assert token("http://loinc.org|11502-2", "type") == "type:2.16.840.1.113883.6.1|11502-2"


def test_unknown_parameter_is_ignored_or_refused() -> None:
    sent = [("patient", "x"), ("colour", "blue")]
    assert select_parameters(sent, NAMES, strict=False).pairs == (("patient", "x"),)
    with pytest.raises(ParameterUnknown):
        select_parameters(sent, NAMES, strict=True)
    with pytest.raises(ParameterUnknown):
        select_parameters([("type:not", "x")], NAMES, strict=False)
    with pytest.raises(InvalidRequest):
        select_parameters([("type", "a\0")], NAMES, strict=False)


def test_count_and_total_follow_fhir() -> None:
    assert [count_of(SearchParameters((("_count", sent),))) for sent in ("0", "7", "5000")] == [0, 7, 100]
    assert count_of(SearchParameters(())) == 20
    assert wants_total(SearchParameters((("_total", "accurate"),)))
    assert not wants_total(SearchParameters(()))
    for name, sent in (("_count", "-1"), ("_count", "x"), ("_count", "9" * 30)):
        with pytest.raises(InvalidRequest):
            count_of(SearchParameters(((name, sent),)))
    with pytest.raises(InvalidRequest):
        wants_total(SearchParameters((("_total", "all"),)))


def test_single_parameter_sent_twice_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        SearchParameters((("patient", "a"), ("patient", "b"))).single("patient")


def test_archived_documents_are_searched_as_current_with_is_archived() -> None:
    def statuses(*pairs: tuple[str, str]) -> tuple[DocumentStatus, ...]:
        return message_from(SearchParameters(pairs), PatientId(PATIENT), AccessMode.NORMAL, Shape()).statuses

    assert statuses(("status", "current,superseded")) == (DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED)
    assert statuses(("status", "current"), ("isArchived", "true")) == (DocumentStatus.ARCHIVED,)
    assert statuses(("status", "entered-in-error")) == ()
    for pairs in ((), (("status", "gone"),), (("status", "current"), ("isArchived", "maybe"))):
        with pytest.raises(InvalidRequest):
            statuses(*pairs)


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ([("type", ",".join(["11502-2"] * 51))], "type"),
        ([("type", "11502-2")] * 51, "type"),
        ([(name, ",".join(["x"] * 50)) for name in ("type", "category", "event", "format", "setting")], "setting"),
        ([("status", "current,superseded" * 50)], "status"),
        ([("unknown", "x")] * 101, "search"),
    ],
)
def test_a_search_of_too_many_values_is_refused_by_its_parameter(sent: list[tuple[str, str]], named: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        select_parameters(sent, NAMES, strict=False)
    assert refused.value.details == {"field": named}
