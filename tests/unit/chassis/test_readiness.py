"""Readiness: checks are asked in order and know what is missing already, and some parts may be missing at first."""

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy.exc import OperationalError

from chassis.clocks import CLOCK_SECONDS, seconds_apart
from chassis.database_state import OLDEST_SERVER, DatabaseState, ExpectedDatabase
from chassis.missing_parts import ADVICE, AWAY
from chassis.readiness import Readiness, can_read, is_fit
from chassis.rpc_client import RpcClient
from chassis.runtime import Runtime
from contracts.wiring import SERVICES
from deploy.dev.paths import CHECKOUT


def test_a_check_is_given_what_was_missing_before() -> None:
    given: list[Sequence[str]] = []

    def own(missing: Sequence[str]) -> list[str]:
        given.append(missing)
        return ["scanner"]

    assert Readiness(lambda _: ["broker"], own).missing() == ["broker", "scanner"]
    assert given == [("broker",)]


def test_a_check_that_does_not_reach_the_database_says_so_once() -> None:
    def away(_missing: Sequence[str]) -> list[str]:
        raise OperationalError("", None, Exception())

    assert Readiness(away, away).missing() == ["database"]


@pytest.mark.parametrize(
    ("missing", "fit", "readable"),
    [
        ([], True, True),
        (["broker", "scanner"], True, True),
        (["database"], False, False),
        (["database.unmigrated"], False, False),
        (["clock.off"], False, True),
        (["object_store"], False, True),
    ],
)
def test_only_a_fit_process_takes_messages(missing: list[str], fit: bool, readable: bool) -> None:
    assert (is_fit(missing), can_read(missing)) == (fit, readable)


@pytest.mark.parametrize(
    ("connected", "consuming", "fit", "has_broker"),
    [
        (True, True, True, True),
        (True, False, True, False),
        (True, False, False, True),
        (False, True, True, False),
        (False, False, False, False),
    ],
)
def test_a_fit_process_is_ready_once_it_takes_calls_and_events(
    connected: bool, consuming: bool, fit: bool, has_broker: bool
) -> None:
    runtime = Runtime()
    runtime.rpc_client = cast(RpcClient, SimpleNamespace(ready=connected))
    runtime.consuming = consuming
    if fit:
        runtime.become_fit()
    assert runtime.has_broker == has_broker


@pytest.mark.parametrize("service", SERVICES)
def test_the_expected_step_is_that_of_the_newest_migration(service: str) -> None:
    expected = ExpectedDatabase.of(service)
    assert expected.step > 1
    assert {"inbox", "outbox"} < set(expected.tables)


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        ({}, []),
        ({"step": 8}, []),
        ({"step": 6}, ["database.unmigrated"]),
        ({"lacks_tables": True}, ["database.unmigrated"]),
        ({"server": OLDEST_SERVER - 1}, ["database.version"]),
        ({"read_only": True}, ["database.read_only"]),
        ({"seconds_apart": CLOCK_SECONDS}, []),
        ({"seconds_apart": CLOCK_SECONDS + 0.1}, ["clock.off"]),
    ],
)
def test_what_a_service_needs_of_its_database(state: dict[str, float], missing: list[str]) -> None:
    right = {"server": OLDEST_SERVER, "read_only": False, "seconds_apart": 0.0, "step": 7, "lacks_tables": False}
    assert DatabaseState(**(right | state)).missing_parts(ExpectedDatabase(7, ())) == missing  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("earliest", "latest", "apart"), [(101, 102, 0), (95, 96, 4), (107, 108, 4), (99, 100, 0), (103, 104, 0)]
)
def test_how_far_a_clock_is_off_is_counted_from_the_time_the_answer_took(
    earliest: float, latest: float, apart: float
) -> None:
    assert seconds_apart(100, earliest, latest, 103) == apart


def test_the_operations_manual_says_what_to_do_about_every_part() -> None:
    manual = (CHECKOUT / "docs/operations.md").read_text()
    described = set(re.findall(r"^\| `([a-z_.]+)` \| (?:all|services|gateway|[a-z]+) \| ", manual, re.MULTILINE))
    assert described - {"missing"} == AWAY | set(ADVICE)
