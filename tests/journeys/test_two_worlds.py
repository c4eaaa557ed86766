"""The same acts with and without the hidden ones: the reader from whom they are hidden gets the same answers."""

import pytest

from client.people import DemoPeople
from contracts.wiring import SUBSCRIPTIONS
from deploy.dev.paths import CHECKOUT
from deploy.dev.stack import Stack
from tests.journeys.two_worlds.dealing import ENOUGH, ActTables, turns_of
from tests.journeys.two_worlds.example import EXAMPLES, SEED, DealtExample
from tests.journeys.two_worlds.hidden_acts import HIDDEN_ACTS, MIXED_ACTS
from tests.journeys.two_worlds.leaks import LEAKS
from tests.journeys.two_worlds.left_out import LEFT_OUT
from tests.journeys.two_worlds.must_differ import MUST_DIFFER
from tests.journeys.two_worlds.open_acts import OPEN_ACTS
from tests.journeys.two_worlds.readers import READERS, Hidden, Reader
from tests.journeys.two_worlds.routes import ASKED_ROUTES, DONE, GATEWAY_ROUTES
from tests.journeys.two_worlds.streams import CAUSED, NOT_CAUSED
from tests.journeys.two_worlds.worlds import People, make_people
from tests.support.apps import register_app
from tests.support.comparisons import check_all
from tests.support.staff import operators


@pytest.fixture(scope="module")
def people(platform: Stack, demo: DemoPeople) -> People:
    return make_people(platform, demo, register_app(operators(platform)).client_id)


@pytest.mark.parametrize("number", range(EXAMPLES))
@pytest.mark.parametrize("reader", READERS, ids=str)
def test_a_reader_learns_nothing_of_what_is_hidden_from_them(people: People, reader: Reader, number: int) -> None:
    DealtExample(people, reader).run(number, SEED)


def test_every_route_is_asked_done_or_left_out_for_a_reason() -> None:
    model = {
        **dict.fromkeys(ASKED_ROUTES, "asked"),
        **dict.fromkeys(DONE, "done"),
        **dict.fromkeys(LEFT_OUT, "left out"),
    }
    assert len(model) == len(ASKED_ROUTES) + len(DONE) + len(LEFT_OUT)
    check_all("route", dict.fromkeys(model, True), dict.fromkeys(GATEWAY_ROUTES, True))


def test_every_event_is_caused_or_left_out_for_a_reason() -> None:
    consumed = {event.topic for events in SUBSCRIPTIONS.values() for event in events}
    assert not CAUSED.keys() & NOT_CAUSED.keys()
    check_all(
        "event", dict.fromkeys((event.topic for event in CAUSED | NOT_CAUSED), True), dict.fromkeys(consumed, True)
    )


def test_the_tables_name_acts_of_the_model() -> None:
    assert {*DONE.values(), *CAUSED.values()} <= {*OPEN_ACTS, *HIDDEN_ACTS, *MIXED_ACTS}


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_the_usual_examples_of_a_reader_do_every_act(reader: Reader) -> None:
    tables = ActTables.of(reader)
    turns = [turn for number in range(ENOUGH) for turn in turns_of(reader, number, seed=0)]
    assert {turn.opened for turn in turns} == set(tables.opened)
    assert {row for turn in turns for row in turn.hidden} == set(tables.hidden)


def test_the_decision_lists_what_must_differ() -> None:
    page = next((CHECKOUT / "docs" / "adr").glob("0032-*.md")).read_text()
    assert [name for name, why in MUST_DIFFER.items() if f"| {name} | {why} |" not in page] == []


def test_every_leak_can_be_put_back() -> None:
    found = {leak.name: (CHECKOUT / leak.file).read_text().count(leak.old) for leak in LEAKS}
    check_all("leak that can be put back", found, {leak.name: 1 for leak in LEAKS})


def test_every_kind_of_hiding_is_hidden_from_a_reader_by_an_act() -> None:
    by_reader = {kind for reader in READERS for kind in reader.hidden}
    by_act = {kind for _, kinds in (HIDDEN_ACTS | MIXED_ACTS).values() for kind in kinds}
    assert by_reader == by_act == set(Hidden)
