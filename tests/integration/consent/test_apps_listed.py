"""Whether an app is listed is what identity said last, in whatever order its events arrive, and however often."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import permutations

import pytest

from contracts.identity.events import AppListed, AppSuspended
from contracts.vocabulary import PLATFORM
from services.consent.domain.facts import FactKind, FactsInForce
from services.consent.handlers.apps import list_in_catalogue, strike_from_catalogue
from services.consent.repositories.facts import FactRepository
from tests.integration.consent.harness import ConsentHarness

APP = "app-1"


@pytest.fixture
def harness(database: Callable[[str], str]) -> Iterator[ConsentHarness]:
    harness = ConsentHarness(database("consent"))
    yield harness
    harness.close()


def receive(harness: ConsentHarness, *events: AppListed | AppSuspended) -> None:
    for event in events:
        handle = list_in_catalogue if isinstance(event, AppListed) else strike_from_catalogue
        harness.receive(handle, event, datetime.now(UTC))


def is_listed(harness: ConsentHarness) -> bool:
    with harness.separate_transaction() as connection:
        facts = FactRepository(connection).about([PLATFORM], [APP])
    return FactsInForce(facts, datetime.now(UTC)).has(FactKind.REFERENCEMENT, APP)


LISTED = AppListed(client_id=APP, revision=1)
SUSPENDED = AppSuspended(client_id=APP, revision=2)
RESUMED = AppListed(client_id=APP, revision=3)


@pytest.mark.parametrize("order", list(permutations((LISTED, SUSPENDED))))
def test_a_suspended_app_is_not_listed(harness: ConsentHarness, order: tuple[AppListed | AppSuspended, ...]) -> None:
    receive(harness, *order)
    assert not is_listed(harness)


@pytest.mark.parametrize("order", list(permutations((LISTED, SUSPENDED, RESUMED))))
def test_a_resumed_app_is_listed(harness: ConsentHarness, order: tuple[AppListed | AppSuspended, ...]) -> None:
    receive(harness, *order)
    assert is_listed(harness)


def test_an_event_that_comes_again_later_undoes_nothing(harness: ConsentHarness) -> None:
    receive(harness, LISTED, SUSPENDED, LISTED)
    assert not is_listed(harness)
    receive(harness, RESUMED, SUSPENDED, RESUMED)
    assert is_listed(harness)


def test_events_of_before_the_revisions_are_ruled_on_as_they_arrive(harness: ConsentHarness) -> None:
    receive(harness, AppListed(client_id=APP))
    assert is_listed(harness)
    receive(harness, AppSuspended(client_id=APP))
    assert not is_listed(harness)
    receive(harness, RESUMED, AppSuspended(client_id=APP))
    assert is_listed(harness)
