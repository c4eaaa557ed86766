"""A version of the matrix is loaded once, leaves its line in the journal, and rules from its day on everywhere."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import time
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, text

from chassis import units
from chassis.db import make_engine, separate_transaction
from chassis.outbox import OutboxRelay
from chassis.publisher import Publisher
from chassis.runtime import Runtime
from chassis.units import RequestContext, UnitOfWork
from contracts.audit import JournalEntry
from contracts.codes import matrix
from contracts.consent import ListMatrices, LoadMatrix, Matrices, MatrixDiff
from contracts.envelope import Actor
from contracts.errors import MatrixInvalid, ServiceUnavailable
from contracts.vocabulary import PLATFORM, Act, Outcome, Role
from services.consent.domain.matrix import Edition
from services.consent.handlers import list_matrices, load_matrix
from services.consent.matrix_cache import MatrixCache
from services.consent.repositories import MatrixRepository

OPERATOR = Actor(role=Role.OPERATOR, subject="exploitation")
DAY = timedelta(days=1)
NOW = datetime.now(UTC)
TOMORROW = NOW.date() + DAY
BUILT_IN = matrix().version


class Replica:
    """One process of consent without its broker: real units on a real database, and a shelf of its own."""

    def __init__(self, url: str) -> None:
        self.runtime = Runtime()
        self.runtime.engine = make_engine(url, size=2, autocommit=True)
        self.runtime.relay = OutboxRelay(self.runtime.engine, Publisher("amqp://localhost"))
        self.cache = MatrixCache()

    def do(self, verb: Callable[..., Any], message: Any) -> Any:
        """One unit of work in the operator's name."""
        work = UnitOfWork(kind="call", name=verb.__name__, deadline=time() + 10)
        return units.run(self.runtime, work, OPERATOR, message, partial(_on_store, verb))

    def load(self, body: str, *, load: bool = True) -> MatrixDiff:
        diff: MatrixDiff = self.do(load_matrix, LoadMatrix(text=body, load=load))
        return diff

    def versions(self) -> Matrices:
        found: Matrices = self.do(list_matrices, ListMatrices())
        return found

    def put(self, edition: Edition) -> bool:
        """Put a version on file as an older release would have, unread."""
        with self._own_transaction() as connection:
            return MatrixRepository(connection).add(edition, loaded_by="exploitation")

    def refresh(self) -> MatrixCache:
        with self._own_transaction() as connection:
            self.cache.refresh(MatrixRepository(connection))
        return self.cache

    def journal(self) -> list[JournalEntry]:
        """The lines on their way to audit."""
        with self._own_transaction() as connection:
            payloads = connection.execute(text("SELECT payload FROM outbox ORDER BY seq")).scalars()
            return [msgspec.json.decode(one, type=JournalEntry) for one in payloads]

    def _own_transaction(self) -> AbstractContextManager[Connection]:
        return separate_transaction(self.runtime.engine)


def _on_store(verb: Callable[[MatrixRepository, RequestContext[Any]], Any], call: RequestContext[Any]) -> Any:
    return verb(MatrixRepository(call.connection), call)


@pytest.fixture
def url(database: Callable[[str], str]) -> str:
    return database("consent")


@pytest.fixture
def replica(url: str) -> Iterator[Replica]:
    replica = Replica(url)
    yield replica
    replica.runtime.engine.dispose()


def body(version: str = "v2", effective: date = TOMORROW, denied: tuple[str, ...] = ("75496-0",)) -> str:
    row = {"coverage": "listed", "denied": denied}
    sentence_of = {
        "version": version,
        "published": "2026-01-01",
        "effective": effective.isoformat(),
        "complete": True,
    }
    return json.dumps(sentence_of | {"professions": {"21": row}})


def line(outcome: Outcome, reason: str) -> JournalEntry:
    return JournalEntry.by(OPERATOR, PLATFORM, Act.CHARGEMENT_MATRICE, outcome=outcome, reason=reason)


def test_a_diff_is_told_and_nothing_is_loaded(replica: Replica) -> None:
    diff = replica.load(body(), load=False)
    assert (diff.version, diff.against, diff.loaded) == ("v2", BUILT_IN, False)
    assert diff.professions_removed == ("10", "40", "60")
    assert [one.version for one in replica.versions().versions] == [BUILT_IN]
    assert replica.journal() == []


def test_a_version_is_loaded_as_its_diff_said_and_journalled(replica: Replica) -> None:
    told = replica.load(body(), load=False)
    assert replica.load(body()) == msgspec.structs.replace(told, loaded=True)
    assert replica.journal() == [line(Outcome.ALLOWED, "operateur")]
    newest, built_in = replica.versions().versions
    assert (newest.version, newest.professions, newest.text) == ("v2", 1, body())
    assert (newest.in_force, built_in.in_force) == (False, True)


@pytest.mark.parametrize("load", [True, False])
def test_a_refusal_is_journalled_and_loads_nothing(replica: Replica, load: bool) -> None:
    with pytest.raises(MatrixInvalid):
        replica.load(body(effective=NOW.date() - DAY), load=load)
    assert replica.journal() == [line(Outcome.REFUSED, MatrixInvalid.code)]
    assert [one.version for one in replica.versions().versions] == [BUILT_IN]


def test_a_version_is_never_changed(replica: Replica) -> None:
    replica.load(body())
    with pytest.raises(MatrixInvalid):
        replica.load(body(denied=()))
    assert replica.versions().versions[0].text == body()


def test_of_two_that_take_a_name_at_once_one_is_let_in(replica: Replica) -> None:
    edition = Edition(version="v2", effective=TOMORROW, loaded_at=NOW, text=body())
    assert [replica.put(edition), replica.put(edition)] == [True, False]


def test_a_diff_is_against_the_version_that_would_rule_on_that_day(replica: Replica) -> None:
    replica.load(body("v2", TOMORROW))
    assert replica.load(body("v3", NOW.date()), load=False).against == BUILT_IN
    later = replica.load(body("v3", TOMORROW + DAY, denied=()), load=False)
    assert (later.against, [one.readable for one in later.cells]) == ("v2", [True])


def test_a_version_rules_from_its_day_on(replica: Replica) -> None:
    replica.load(body())
    cache = replica.refresh()
    assert cache.in_force(NOW).version == BUILT_IN
    midnight = datetime.combine(TOMORROW, datetime.min.time(), UTC)
    assert cache.in_force(midnight - timedelta(microseconds=1)).version == BUILT_IN
    assert cache.in_force(midnight).version == "v2"
    assert cache.in_force(midnight).denied("21") == ("75496-0",)
    assert cache.in_force(midnight).denied("10") is None


def test_a_version_effective_today_rules_as_soon_as_a_process_knows_it(replica: Replica, url: str) -> None:
    other = Replica(url)
    replica.load(body(effective=NOW.date()))
    assert other.cache.in_force(NOW).version == BUILT_IN
    assert other.refresh().in_force(NOW).version == "v2"
    other.runtime.engine.dispose()


def test_a_mistake_is_corrected_by_a_version_of_the_same_day(replica: Replica) -> None:
    replica.load(body("wrong"))
    replica.load(body("right"))
    assert replica.refresh().in_force(NOW + DAY).version == "right"


def test_before_the_first_round_a_process_knows_the_version_built_in(replica: Replica) -> None:
    assert replica.cache.in_force(NOW).version == BUILT_IN


def test_a_shelf_is_fresh_for_a_while_after_it_was_refreshed(replica: Replica) -> None:
    assert not replica.cache.is_fresh
    assert replica.refresh().is_fresh
    replica.cache = MatrixCache(fresh_seconds=0)
    assert not replica.refresh().is_fresh


def test_a_version_that_no_longer_reads_stops_reading_on_its_day_and_not_before(replica: Replica) -> None:
    gone = body().replace('"21"', '"00"')
    replica.put(Edition(version="v2", effective=TOMORROW, loaded_at=NOW, text=gone))
    cache = replica.refresh()
    assert cache.in_force(NOW).denied("10") == ("ATTEST-RESID",)
    with pytest.raises(ServiceUnavailable):
        cache.in_force(NOW + DAY).denied("10")
    assert replica.versions().versions[0].professions == 0


def test_a_version_that_no_longer_reads_is_replaced_by_one_that_does(replica: Replica) -> None:
    replica.put(Edition(version="v2", effective=TOMORROW, loaded_at=NOW, text="{"))
    diff = replica.load(body("v3"))
    assert (diff.against, diff.professions_added) == ("v2", ("21",))
    assert replica.refresh().in_force(NOW + DAY).denied("21") == ("75496-0",)


def test_a_shelf_before_every_version_rules_nothing(replica: Replica) -> None:
    with pytest.raises(ServiceUnavailable):
        replica.refresh().in_force(datetime(2023, 10, 29, tzinfo=UTC))
