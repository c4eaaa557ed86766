"""Third-party clients search with every declared parameter, in every form of its value, and find what they must.

A parameter of the CapabilityStatement that no search here tries fails the test.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

import pytest

from client.oauth import SmartApp
from client.operator import OperatorClient
from client.people import DemoPeople
from tests.support.apps import authorization_code, register_app, tokens_in
from tests.support.comparisons import check_all
from tests.support.fhir_client import fhir_client
from tests.support.journal_and_notices import wait_for_line
from tests.support.people import activate_account, deposit_new, open_record
from tests.support.public_clients import BUNDLES, SEARCHERS, Query, fhir_kit
from tests.support.public_searches import (
    Search,
    SearchedRecord,
    document_searches,
    journal_searches,
    searched_record,
    searches_by_ins,
    set_searches,
)


@pytest.fixture(scope="module")
def record(demo: DemoPeople) -> SearchedRecord:
    return searched_record(demo)


@pytest.fixture(scope="module")
def professional(record: SearchedRecord) -> list[Search]:
    """What a professional may search."""
    return document_searches(record) + set_searches(record) + searches_by_ins(record)


@pytest.fixture(scope="module")
def holders(demo: DemoPeople) -> tuple[str, list[Search]]:
    """A holder's token, and what only they may search: in a record that nobody searches meanwhile."""
    holder = open_record(demo)
    deposit_new(demo, holder)
    patient = activate_account(demo, holder)
    wait_for_line(patient, holder.record, act="depot_document")
    path = f"AuditEvent?patient={holder.record}&_count=100"
    events = [entry["resource"] for entry in fhir_client(demo, patient).get(path).json()["entry"]]
    return patient.token, journal_searches(holder.record, events)


def check(searches: Sequence[Search], found: Sequence[frozenset[str]]) -> None:
    """Each search has found what it must."""
    sent = [f"{search.type}?{urlencode(search.pairs, safe=':|,/')}" for search in searches]
    expected = {name: sorted(search.found) for name, search in zip(sent, searches, strict=True)}
    results = {name: sorted(names) for name, names in zip(sent, found, strict=True)}
    check_all("search of a public client", results, expected)


@pytest.mark.parametrize("client", [name for name in SEARCHERS if name != "SMART-JS"])
def test_a_professionals_client_finds_by_every_parameter(
    demo: DemoPeople, professional: list[Search], client: str
) -> None:
    found = SEARCHERS[client](f"{demo.gateway}/fhir", demo.logged_in("hospital").token, professional)
    check(professional, found)


@pytest.mark.parametrize("client", SEARCHERS)
def test_a_holders_client_finds_by_every_parameter(
    demo: DemoPeople, holders: tuple[str, list[Search]], client: str
) -> None:
    token, searches = holders
    found = SEARCHERS[client](f"{demo.gateway}/fhir", token, searches)
    check(searches, found)


@pytest.mark.parametrize("client", BUNDLES)
def test_a_holders_client_counts_the_journal(
    demo: DemoPeople, holders: tuple[str, list[Search]], client: str
) -> None:
    """FHIR R4, search.html#count: a count of zero is answered with the total, for every type."""
    token, (whole, *_) = holders
    conditions = ({"_summary": "count"}, {"_count": "0"}, {"_count": "1", "_total": "accurate"})
    queries = [Query("AuditEvent", dict(whole.pairs) | each) for each in conditions]
    bundles = BUNDLES[client](f"{demo.gateway}/fhir", token, queries)
    assert [bundle.get("total") for bundle in bundles] == [len(whole.found)] * 3
    assert [len(bundle.get("entry", [])) for bundle in bundles] == [0, 0, 1]


def test_every_declared_parameter_is_tried(
    demo: DemoPeople, professional: list[Search], holders: tuple[str, list[Search]]
) -> None:
    (declared,) = fhir_kit(f"{demo.gateway}/fhir", "").results({"method": "declared"})
    tried: dict[str, set[str]] = {kind: set() for kind in declared}
    for search in professional + holders[1]:
        tried[search.type].add(search.parameter.partition(":")[0])
    assert tried == {kind: set(names) for kind, names in declared.items()}


def test_an_app_finds_by_every_parameter_that_takes_no_ins(
    demo: DemoPeople, operator_client: OperatorClient, record: SearchedRecord
) -> None:
    activate_account(demo, record.holder)
    app = SmartApp(demo.gateway, register_app(operator_client).client_id)
    tokens = tokens_in(app.redeem(authorization_code(demo, record.holder, app)))
    searches = document_searches(record) + set_searches(record)
    found = SEARCHERS["SMART-JS"](f"{demo.gateway}/fhir", tokens["access_token"], searches)
    check(searches, found)
