"""FHIR search parameters: dates of every precision, tokens, known and unknown parameters."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.errors.request import FieldMissing, InvalidRequest, ParameterUnknown
from contracts.records.searching import DateKind, DateRange, SearchSubmissionSets
from contracts.vocabulary import AccessMode, DocumentStatus, Outcome, PatientId
from gateway.fhir import audit_events, lists
from gateway.fhir.bundles import Shape
from gateway.fhir.dates import parse_date
from gateway.fhir.document_search import NO_IDENTIFIER, PARAMETERS, message_from
from gateway.fhir.parameters import (
    SearchParameters,
    alternative_windows,
    count_of,
    periods,
    plain_windows,
    select_parameters,
    sorts_of,
    wants_total,
    windows,
)
from gateway.fhir.tokens import SearchToken, alternatives, tokens_in
from tests.unit.records.specimens import PATIENT

NAMES = {parameter.name for parameter in PARAMETERS}
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
FIRST, NEXT = datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)
"""The year 2026 in Paris."""
OF = DateKind.CREATION
MS = timedelta(milliseconds=1)


def window(date: str) -> DateRange:
    (((found,),),) = windows([[date]], OF, "creation")
    return found


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026", DateRange(of=OF, since=FIRST, before=NEXT)),
        ("eq2026", DateRange(of=OF, since=FIRST, before=NEXT)),
        ("ne2026", DateRange(of=OF, since=FIRST, before=NEXT, outside=True)),
        ("gt2026", DateRange(of=OF, since=NEXT)),
        ("sa2026", DateRange(of=OF, since=NEXT)),
        ("ge2026", DateRange(of=OF, since=FIRST)),
        ("lt2026", DateRange(of=OF, before=FIRST)),
        ("eb2026", DateRange(of=OF, before=FIRST)),
        ("le2026", DateRange(of=OF, before=NEXT)),
        ("ap0001", DateRange(of=OF, before=datetime(2, 1, 1, 23, 50, 39, tzinfo=UTC))),
        ("ap9999-12-30T23:59Z", DateRange(of=OF, since=datetime(9999, 12, 29, 23, 59, tzinfo=UTC))),
        ("ge2026-01-01T01:00", DateRange(of=OF, since=NEW_YEAR)),
        ("ge2026-01-01T01:00:00+01:00", DateRange(of=OF, since=NEW_YEAR)),
        ("ge2026-01-01T01:00:00 01:00", DateRange(of=OF, since=NEW_YEAR)),
        ("ge2025-12-31T23:00-01:00", DateRange(of=OF, since=NEW_YEAR)),
        ("ge2026-01-01T00:00:00.000Z", DateRange(of=OF, since=NEW_YEAR)),
        ("2026-01-01T00:00:00.123Z", DateRange(of=OF, since=NEW_YEAR + 123 * MS, before=NEW_YEAR + 124 * MS)),
        ("gt2026-01-01T00:00:00.123Z", DateRange(of=OF, since=NEW_YEAR + 124 * MS)),
        ("lt2026-01-01T00:00:00.123Z", DateRange(of=OF, before=NEW_YEAR + 123 * MS)),
        ("gt2026-01-01T00:00:00.1234567Z", DateRange(of=OF, since=NEW_YEAR + 123 * MS + timedelta(microseconds=457))),
        ("ge2026-01-01T00:00:00.5+00:00", DateRange(of=OF, since=NEW_YEAR + 500 * MS)),
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


@pytest.mark.parametrize("date", ["2026", "2026-06", "2026-12", "2026-03-29", "2026-06-12", "2026-10-25"])
def test_a_date_that_was_deposited_is_found_as_it_is_answered(date: str) -> None:
    """FHIR R4, search.html#date: without time zones, that of the server on both sides."""
    deposited, found = parse_date(date, "creation"), window(date)
    assert deposited.first == found.since
    assert deposited.last and found.before == deposited.last + MS
    ((begins, ends),) = periods([[date]], "period")[0]
    assert (begins.since, ends.before) == (found.since, found.before)


def test_period_is_compared_by_its_ends() -> None:
    starts, stops = DateKind.SERVICE_START, DateKind.SERVICE_STOP
    assert periods([["ge2026"]], "period") == (((DateRange(of=stops, since=FIRST),),),)
    assert periods([["lt2026"]], "period") == (((DateRange(of=starts, before=FIRST),),),)
    around = (DateRange(of=starts, before=NEXT), DateRange(of=stops, since=FIRST))
    assert periods([["ap2026"]], "period") == ((around,),)
    with pytest.raises(InvalidRequest):
        periods([["ne2026"]], "period")


def test_alternatives_are_separated_by_unescaped_commas() -> None:
    assert alternatives(r"a\,b,c\|d", "x") == ["a,b", "c|d"]
    for value in ("", "a,,b"):
        with pytest.raises(InvalidRequest):
            alternatives(value, "x")


def test_a_date_that_is_sent_twice_holds_twice_and_one_of_its_alternatives_each_time() -> None:
    first, second = windows([["ge2026"], ["lt2026", "gt2026"]], OF, "creation")
    assert plain_windows((first, second)) == (DateRange(of=OF, since=FIRST),)
    either = ((DateRange(of=OF, before=FIRST),), (DateRange(of=OF, since=NEXT),))
    assert alternative_windows((first, second)) == (either,)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("11502-2", [SearchToken(None, "11502-2")]),
        ("|11502-2", [SearchToken("", "11502-2")]),
        ("http://loinc.org|11502-2", [SearchToken("2.16.840.1.113883.6.1", "11502-2")]),
        ("urn:oid:1.2|", [SearchToken("1.2", "")]),
        ("a,b|c", [SearchToken(None, "a"), SearchToken("b", "c")]),
        (r"a\,b|c\|d", [SearchToken("a,b", "c|d")]),
        (r"a\\,b", [SearchToken(None, "a\\"), SearchToken(None, "b")]),
        (r"\$x", [SearchToken(None, "$x")]),
    ],
)
def test_a_token_is_a_code_a_system_or_both(sent: str, expected: list[SearchToken]) -> None:
    """FHIR R4, search.html#token and #escaping."""
    assert tokens_in(sent, "type") == expected


@pytest.mark.parametrize("sent", ["", "|", "a|b|c", "a,", ","])
def test_an_empty_token_or_one_with_two_bars_is_refused(sent: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        tokens_in(sent, "type")
    assert refused.value.details == {"field": "type"}


def test_a_token_matches_as_its_form_says() -> None:
    matches = [
        token.matches("http://loinc.org", "1-8") for token in tokens_in("1-8,http://loinc.org|,x|1-8,|1-8", "t")
    ]
    assert matches == [True, True, False, False]
    assert [
        token.in_index("type") for token in tokens_in("1-8,http://loinc.org|1-8,http://loinc.org|,|1-8", "t")
    ] == [
        "type:1-8",
        "type:2.16.840.1.113883.6.1|1-8",
        "type:2.16.840.1.113883.6.1|",
        "type:|1-8",
    ]


def test_several_sort_keys_are_kept_in_their_order() -> None:
    names = {"date", "creation"}
    assert list(sorts_of(SearchParameters((("_sort", "-date,creation,date"),)), names, "date").items()) == [
        ("date", False),
        ("creation", True),
    ]
    for sent in ("-date,colour", "date,", "--date"):
        with pytest.raises(InvalidRequest):
            sorts_of(SearchParameters((("_sort", sent),)), names, "date")


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


def test_an_identifier_that_nothing_can_have_is_a_condition() -> None:
    base = (("status", "current"), ("identifier", "|urn:oid:1.2.3"))
    for build in (message_from, lists.message_from):
        message = build(SearchParameters(base), PatientId(PATIENT), AccessMode.NORMAL, Shape())
        assert message.identifier_groups == ((NO_IDENTIFIER,),)


def test_the_system_of_a_source_alone_asks_for_sets_with_a_source() -> None:
    def message(*pairs: tuple[str, str]) -> SearchSubmissionSets:
        sent = SearchParameters((("status", "current"), *pairs))
        return lists.message_from(sent, PatientId(PATIENT), AccessMode.NORMAL, Shape())

    with_system = message(("sourceId", "urn:ietf:rfc:3986|"))
    assert (with_system.has_source, with_system.sources) == (True, ())
    assert message(("sourceId", "urn:oid:1.2.3")).sources == ("1.2.3",)
    assert not message().has_source


@pytest.mark.parametrize("name", ["status", "code"])
def test_a_code_that_no_set_has_finds_nothing(name: str) -> None:
    """FHIR R4, search.html#errors: what cannot be satisfied is an empty result."""
    for value in ("retired", "entered-in-error") if name == "status" else ("folder", "http://loinc.org|1-8"):
        pairs = {"status": "current"} | {name: value}
        sent = SearchParameters(tuple(pairs.items()))
        assert lists.message_from(sent, PatientId(PATIENT), AccessMode.NORMAL, Shape()).statuses == ()


def test_an_outcome_is_a_code_of_fhir() -> None:
    for value, expected in (("0", Outcome.ALLOWED), ("4", Outcome.REFUSED), ("0,4", None), ("8", None), ("|0", None)):
        sent = SearchParameters((("outcome", value),))
        assert audit_events.message_from(sent, PatientId(PATIENT), Shape()).outcome is expected
    with pytest.raises(InvalidRequest):
        audit_events.message_from(SearchParameters((("outcome", "9"),)), PatientId(PATIENT), Shape())


def test_archived_documents_are_searched_as_current_with_is_archived() -> None:
    def statuses(*pairs: tuple[str, str]) -> tuple[DocumentStatus, ...]:
        return message_from(SearchParameters(pairs), PatientId(PATIENT), AccessMode.NORMAL, Shape()).statuses

    assert statuses(("status", "current,superseded")) == (DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED)
    assert statuses(("status", "current"), ("isArchived", "true")) == (DocumentStatus.ARCHIVED,)
    assert statuses(("status", "entered-in-error")) == ()
    assert statuses(("status", "current"), ("status", "superseded")) == ()
    assert statuses(("status", "current"), ("isArchived", "true,false")) == (
        DocumentStatus.CURRENT,
        DocumentStatus.ARCHIVED,
    )
    assert statuses(("status", "http://hl7.org/fhir/document-reference-status|current")) == (DocumentStatus.CURRENT,)
    assert statuses(("status", "http://loinc.org|current")) == statuses(("status", "|current")) == ()
    for pairs in ((("status", "gone"),), (("status", "current"), ("isArchived", "maybe"))):
        with pytest.raises(InvalidRequest):
            statuses(*pairs)
    with pytest.raises(FieldMissing) as missing:
        statuses()
    assert missing.value.details == {"field": "status", "expected": "current, superseded"}


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
