"""Durations of a patient's decisions, and valid numbers."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.consent.authorisations import AuthorisationStatus
from contracts.consent.representations import RepresentationKind
from contracts.errors.request import InvalidRequest
from contracts.vocabulary import Finess, Rpps
from services.consent.domain.facts import Fact, FactKind, FactsInForce
from services.consent.domain.terms import (
    check_rpps,
    check_structure,
    check_until,
    end_of_representation,
    permission,
    renewed,
    status_of,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY, YEAR, INSTANT = timedelta(days=1), timedelta(days=365), timedelta(microseconds=1)
RPPS = "89990000021"


def authorisation(until: datetime | None, *, renews: bool = True) -> Fact:
    return Fact(kind=FactKind.AUTORISATION, party=RPPS, until=until, renews=renews)


# Numbers


@pytest.mark.parametrize("rpps", [RPPS, "89990000047"])
def test_a_valid_number_of_a_professional_has_eleven_digits_and_a_luhn_key(rpps: str) -> None:
    check_rpps(Rpps(rpps))


@pytest.mark.parametrize(
    "rpps",
    [
        "",
        "89990000022",
        "8999000002",
        "18",
        "089990000021",
        "899900000210",
        "8999000002x",
        "8999 000021",
        "٨٩٩٩٠٠٠٠٠٢١",
        "Dr Dupont",
    ],
)
def test_any_other_number_of_a_professional_is_refused(rpps: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_rpps(Rpps(rpps))
    assert refused.value.details == {"field": "rpps"}


@pytest.mark.parametrize("structure", ["990000001", "2A0000001", "2B0000001", "010000024"])
def test_a_number_of_a_structure_has_nine_characters(structure: str) -> None:
    check_structure(Finess(structure))


@pytest.mark.parametrize(
    "structure", ["", "99000000", "9900000012", "2C0000001", "A20000001", "2A000000B", "990 00001"]
)
def test_any_other_number_of_a_structure_is_refused(structure: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_structure(Finess(structure))
    assert refused.value.details == {"field": "structure"}


# The end a patient sets


@pytest.mark.parametrize("until", [None, NOW + INSTANT, NOW.astimezone(timezone(timedelta(hours=2))) + INSTANT])
def test_an_end_is_in_the_future_or_open(until: datetime | None) -> None:
    check_until(until, NOW)


@pytest.mark.parametrize("until", [NOW, NOW - INSTANT, (NOW + DAY).replace(tzinfo=None)])
def test_an_end_that_is_past_or_without_time_zone_is_refused(until: datetime) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_until(until, NOW)
    assert refused.value.details == {"field": "until"}


def test_an_authorisation_lasts_a_year_and_use_renews_it() -> None:
    fact = permission(FactKind.AUTORISATION, RPPS, None, now=NOW, usual=YEAR)
    assert fact == authorisation(NOW + YEAR)


def test_use_does_not_renew_an_authorisation_with_an_end() -> None:
    fact = permission(FactKind.EQUIPE_DE_SOINS, "990000001", NOW + DAY, now=NOW, usual=YEAR)
    assert fact == Fact(kind=FactKind.EQUIPE_DE_SOINS, party="990000001", until=NOW + DAY)
    assert renewed(fact, now=NOW, usual=YEAR) is None


# Renewal by use


@pytest.mark.parametrize("left", [INSTANT, DAY, YEAR - DAY - INSTANT])
def test_use_renews_for_a_whole_year(left: timedelta) -> None:
    assert renewed(authorisation(NOW + left), now=NOW, usual=YEAR) == authorisation(NOW + YEAR)


@pytest.mark.parametrize("left", [YEAR - DAY, YEAR, 2 * YEAR])
def test_use_renews_at_most_once_a_day_and_never_shortens(left: timedelta) -> None:
    assert renewed(authorisation(NOW + left), now=NOW, usual=YEAR) is None


@pytest.mark.parametrize("left", [timedelta(0), -INSTANT, -YEAR])
def test_an_ended_authorisation_is_not_renewed(left: timedelta) -> None:
    assert renewed(authorisation(NOW + left), now=NOW, usual=YEAR) is None


@pytest.mark.parametrize("fact", [authorisation(NOW + DAY, renews=False), authorisation(None)])
def test_a_fact_that_use_does_not_prolong_stays_as_it_is(fact: Fact) -> None:
    assert renewed(fact, now=NOW, usual=YEAR) is None


@given(st.timedeltas(-2 * YEAR, 2 * YEAR), st.booleans(), st.timedeltas(DAY, YEAR))
def test_renewal_only_prolongs_facts_in_force(left: timedelta, renews: bool, usual: timedelta) -> None:
    fact = authorisation(NOW + left, renews=renews)
    longer = renewed(fact, now=NOW, usual=usual)
    if longer is not None:
        assert fact.holds(NOW) and fact.renews
        assert longer.until == NOW + usual > NOW + left
        assert renewed(longer, now=NOW, usual=usual) is None


# Facts in force and the status of an authorisation


@pytest.mark.parametrize(("until", "holds"), [(None, True), (NOW + INSTANT, True), (NOW, False), (NOW - DAY, False)])
def test_a_fact_holds_until_its_end_and_not_at_it(until: datetime | None, holds: bool) -> None:
    fact = authorisation(until)
    assert fact.holds(NOW) is holds
    assert FactsInForce([fact], NOW).has(fact.kind, fact.party) is holds


def test_without_a_fact_no_section_is_shared() -> None:
    assert FactsInForce([], NOW).sections(FactKind.AIDANT, RPPS) == ()


@pytest.mark.parametrize(
    ("fact", "blocked", "status"),
    [
        (None, False, AuthorisationStatus.NONE),
        (None, True, AuthorisationStatus.FORBIDDEN),
        (authorisation(NOW + DAY), False, AuthorisationStatus.VALID),
        (authorisation(None), False, AuthorisationStatus.VALID),
        (authorisation(NOW), False, AuthorisationStatus.EXPIRED),
        (authorisation(NOW + DAY), True, AuthorisationStatus.FORBIDDEN),
        (authorisation(NOW - DAY), True, AuthorisationStatus.FORBIDDEN),
    ],
)
def test_an_authorisation_is_valid_expired_forbidden_or_none(
    fact: Fact | None, blocked: bool, status: AuthorisationStatus
) -> None:
    facts = [] if fact is None else [fact]
    refusals = [Fact(kind=FactKind.BLOCAGE, party=RPPS)] if blocked else []
    assert status_of(FactsInForce([*facts, *refusals], NOW), RPPS, was_given=fact is not None) is status


def test_a_secret_authorisation_is_valid_in_the_secret_connection_only_and_stays_secret_when_renewed() -> None:
    fact = permission(FactKind.AUTORISATION, RPPS, None, now=NOW, usual=YEAR, secret=True)
    facts = FactsInForce([fact], NOW)
    assert status_of(facts, RPPS, was_given=False) is AuthorisationStatus.NONE
    assert status_of(facts, RPPS, was_given=True, secret=True) is AuthorisationStatus.VALID
    later = renewed(fact, now=NOW + 2 * DAY, usual=YEAR)
    assert later is not None and (later.secret, later.until) == (True, NOW + 2 * DAY + YEAR)


# The end of minority


@pytest.mark.parametrize(
    ("born", "age", "end"),
    [
        (date(2010, 6, 15), 18, datetime(2028, 6, 15, tzinfo=UTC)),
        (date(2012, 2, 29), 18, datetime(2030, 3, 1, tzinfo=UTC)),
        (date(2012, 2, 29), 20, datetime(2032, 2, 29, tzinfo=UTC)),
        (date(2010, 6, 15), 21, datetime(2031, 6, 15, tzinfo=UTC)),
        (date(2008, 3, 3), 18, datetime(2026, 3, 3, tzinfo=UTC)),
    ],
)
def test_a_representation_ends_as_the_day_of_majority_begins(born: date, age: int, end: datetime) -> None:
    assert end_of_representation(RepresentationKind.MINEUR, born, age, NOW) == end


@pytest.mark.parametrize("born", [date(2008, 3, 2), date(2008, 3, 1), date(1954, 2, 28)])
def test_an_adult_is_refused(born: date) -> None:
    with pytest.raises(InvalidRequest) as refused:
        end_of_representation(RepresentationKind.MINEUR, born, 18, NOW)
    assert refused.value.details == {"field": "kind"}


def test_majority_begins_at_midnight() -> None:
    with pytest.raises(InvalidRequest):
        end_of_representation(RepresentationKind.MINEUR, date(2008, 3, 2), 18, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("born", [date(2008, 3, 2), date(1954, 2, 28)])
def test_the_representation_of_an_adult_does_not_end_by_itself(born: date) -> None:
    assert end_of_representation(RepresentationKind.MAJEUR_PROTEGE, born, 18, NOW) is None


def test_a_minor_is_not_represented_as_an_adult_is_for_that_would_outlast_their_majority() -> None:
    with pytest.raises(InvalidRequest) as refused:
        end_of_representation(RepresentationKind.MAJEUR_PROTEGE, date(2008, 3, 3), 18, NOW)
    assert refused.value.details == {"field": "kind"}


@pytest.mark.parametrize("kind", RepresentationKind)
def test_without_a_birth_date_a_representation_is_refused(kind: RepresentationKind) -> None:
    with pytest.raises(InvalidRequest) as refused:
        end_of_representation(kind, None, 18, NOW)
    assert refused.value.details == {"field": "patient_id"}
