"""Every page, for whom it admits: accessible, in their language, as wide as their screen, light."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from client.people import DemoPeople
from contracts.vocabulary import Role
from tests.journeys.test_agent_pages import link as link_of_agent
from tests.support.operators import TwoOperators
from tests.support.page_walk import COMBINATIONS, NOT_WALKED, PageWalk, pages_of
from tests.support.pages import chromium

# A walk through forty pages, on a machine that others keep busy.
pytestmark = [pytest.mark.usefixtures("pro_sante_connect_provider"), pytest.mark.timeout(900)]

ALL = "CARNET_ALL_COMBINATIONS"
"""Set by `make proof`, to a folder for pictures; otherwise one combination a day is tried."""
WALKERS = [None, Role.PROFESSIONAL, Role.PATIENT, Role.AGENT]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def walk(demo: DemoPeople) -> PageWalk:
    return PageWalk.prepare(demo)


@pytest.mark.parametrize("role", WALKERS, ids=["anybody", "professional", "patient", "agent"])
def test_every_page_is_right_in_the_combination_of_the_day(
    browser: Browser, walk: PageWalk, operator_cli: TwoOperators, role: Role | None
) -> None:
    pictures = Path(os.environ[ALL]) if ALL in os.environ else None
    of_today = datetime.now(UTC).toordinal() % len(COMBINATIONS)
    faults = [
        f"{combination}: {fault}"
        for combination in (COMBINATIONS if pictures else [COMBINATIONS[of_today]])
        for fault in walk.faults(
            browser, role, combination, link=lambda: link_of_agent(walk.demo, operator_cli), pictures=pictures
        )
    ]
    assert faults == []


def test_what_is_not_walked_is_a_page_of_the_gateway() -> None:
    known = {name for role in (None, *Role) for name in pages_of(role)}
    assert set(NOT_WALKED) <= known
    assert {name for role in Role if role not in WALKERS for name in pages_of(role)} == set()
