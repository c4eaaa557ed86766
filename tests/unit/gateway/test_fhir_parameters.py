"""Search parameters as FHIR writes them: dates of every precision, tokens, what is known and what is not."""

from datetime import UTC, datetime

import pytest

from contracts.errors import InvalidRequest, ParameterUnknown
from contracts.records import DateOf, Window
from contracts.vocabulary import AccessMode, DocumentStatus, PatientId
from gateway.fhir.bundles import Shape
from gateway.fhir.document_search import PARAMETERS, question_of
from gateway.fhir.parameters import (
    SearchParameters,
    alternatives,
    count_of,
    periods,
    token,
    understood,
    wants_total,
    windows,
)
from tests.unit.records.specimens import PATIENT

NEW_YEAR, NEXT = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
OF = DateOf.CREATION


def window(written: str) -> Window:
    (found,) = windows([[written]], OF, "creation")
    return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026", Window(of=OF, since=NEW_YEAR, before=NEXT)),
        ("eq2026", Window(of=OF, since=NEW_YEAR, before=NEXT)),
        ("ne2026", Window(of=OF, since=NEW_YEAR, before=NEXT, outside=True)),
        ("gt2026", Window(of=OF, since=NEXT)),
        ("sa2026", Window(of=OF, since=NEXT)),
        ("ge2026", Window(of=OF, since=NEW_YEAR)),
        ("lt2026", Window(of=OF, before=NEW_YEAR)),
        ("eb2026", Window(of=OF, before=NEW_YEAR)),
        ("le2026", Window(of=OF, before=NEXT)),
        ("ge2026-01-01T01:00:00+01:00", Window(of=OF, since=NEW_YEAR)),
        ("ge2026-01-01T01:00:00 01:00", Window(of=OF, since=NEW_YEAR)),
        ("ge2025-12-31T23:00-01:00", Window(of=OF, since=NEW_YEAR)),
        ("ge2026-01-01T00:00:00.000Z", Window(of=OF, since=NEW_YEAR)),
    ],
)
def test_a_date_means_its_whole_span(written: str, meant: Window) -> None:
    assert window(written) == meant


@pytest.mark.parametrize(("written", "days"), [("2024-02", 29), ("2026-02", 28), ("2026-02-03", 1), ("2024", 366)])
def test_spans_follow_the_calendar(written: str, days: int) -> None:
    found = window(written)
    assert found.since and found.before
    assert (found.before - found.since).days == days


@pytest.mark.parametrize(
    "written", ["", "soon", "2026-13", "2026-02-30", "9999", "xx2026", "2026-01-01T25:00", "٢٠٢٦"]
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(InvalidRequest):
        window(written)


def test_a_period_is_met_by_its_ends() -> None:
    starts, stops = DateOf.SERVICE_START, DateOf.SERVICE_STOP
    assert periods([["ge2026"]], "period") == (Window(of=stops, since=NEW_YEAR),)
    assert periods([["lt2026"]], "period") == (Window(of=starts, before=NEW_YEAR),)
    assert periods([["ap2026"]], "period") == (Window(of=starts, before=NEXT), Window(of=stops, since=NEW_YEAR))
    with pytest.raises(InvalidRequest):
        periods([["ne2026"]], "period")


def test_alternatives_stand_between_commas_that_are_not_escaped() -> None:
    assert alternatives(r"a\,b,c\|d", "x") == ["a,b", "c|d"]
    for written in ("", "a,,b", ",".join("x" * 51)):
        with pytest.raises(InvalidRequest):
            alternatives(written, "x")


def test_a_token_is_sought_with_its_system_where_it_has_one() -> None:
    assert token("11502-2", "type") == "type:11502-2"
    assert token("|11502-2", "type") == "type:11502-2"
    assert token("http://loinc.org|11502-2", "type") == "type:2.16.840.1.113883.6.1|11502-2"


def test_what_is_not_known_is_left_out_or_refused() -> None:
    sent = [("patient", "x"), ("colour", "blue")]
    assert understood(sent, PARAMETERS, strict=False).pairs == (("patient", "x"),)
    with pytest.raises(ParameterUnknown):
        understood(sent, PARAMETERS, strict=True)
    with pytest.raises(ParameterUnknown):
        understood([("type:not", "x")], PARAMETERS, strict=False)
    with pytest.raises(InvalidRequest):
        understood([("type", "a\0")], PARAMETERS, strict=False)


def test_counts_and_totals_are_what_fhir_says() -> None:
    assert [count_of(SearchParameters((("_count", sent),))) for sent in ("0", "7", "5000")] == [0, 7, 100]
    assert count_of(SearchParameters(())) == 20
    assert wants_total(SearchParameters((("_total", "accurate"),)))
    assert not wants_total(SearchParameters(()))
    for name, sent in (("_count", "-1"), ("_count", "x"), ("_count", "9" * 30)):
        with pytest.raises(InvalidRequest):
            count_of(SearchParameters(((name, sent),)))
    with pytest.raises(InvalidRequest):
        wants_total(SearchParameters((("_total", "all"),)))


def test_a_parameter_that_stands_once_is_not_sent_twice() -> None:
    with pytest.raises(InvalidRequest):
        SearchParameters((("patient", "a"), ("patient", "b"))).one("patient")


def test_archived_documents_are_current_ones_out_of_the_way() -> None:
    def statuses(*pairs: tuple[str, str]) -> tuple[DocumentStatus, ...]:
        return question_of(SearchParameters(pairs), PatientId(PATIENT), AccessMode.NORMAL, Shape()).statuses

    assert statuses(("status", "current,superseded")) == (DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED)
    assert statuses(("status", "current"), ("isArchived", "true")) == (DocumentStatus.ARCHIVED,)
    assert statuses(("status", "entered-in-error")) == ()
    for pairs in ((), (("status", "gone"),), (("status", "current"), ("isArchived", "maybe"))):
        with pytest.raises(InvalidRequest):
            statuses(*pairs)
