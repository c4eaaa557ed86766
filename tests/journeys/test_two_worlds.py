"""The same acts with and without the hidden ones: the reader from whom they are hidden gets the same answers."""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.wiring import SUBSCRIPTIONS
from deploy.dev.paths import CHECKOUT
from deploy.dev.stack import Stack
from tests.journeys.two_worlds.hidden_acts import HIDDEN_ACTS, MIXED_ACTS
from tests.journeys.two_worlds.leaks import LEAKS
from tests.journeys.two_worlds.machine import machine_for
from tests.journeys.two_worlds.must_differ import MUST_DIFFER
from tests.journeys.two_worlds.open_acts import OPEN_ACTS
from tests.journeys.two_worlds.readers import READERS, Hidden, Reader
from tests.journeys.two_worlds.routes import ASKED_ROUTES, DONE, GATEWAY_ROUTES, LEFT_OUT
from tests.journeys.two_worlds.streams import CAUSED, NOT_CAUSED
from tests.journeys.two_worlds.worlds import People, make_people
from tests.support.apps import register_app
from tests.support.comparisons import check_all

_EXAMPLES = int(os.environ.get("CARNET_TWO_WORLDS_EXAMPLES", "3"))
_SEED = int(os.environ.get("CARNET_TWO_WORLDS_SEED", "0"))
_STEPS = 12


@pytest.fixture
def people(platform: Stack, demo: DemoPeople, operator_client: OperatorClient) -> People:
    return make_people(platform, demo, register_app(operator_client).client_id)


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_a_reader_learns_nothing_of_what_is_hidden_from_them(people: People, reader: Reader) -> None:
    run_state_machine_as_test(
        seed(_SEED)(machine_for(people, reader)),
        settings=settings(
            max_examples=_EXAMPLES,
            stateful_step_count=_STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=tuple(HealthCheck),
        ),
        # Hypothesis would rather try an example without acts.
        _min_steps=_STEPS - 1,
    )


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
