"""Versions of the matrix on a real database: loaded once, journalled, in force from their effective date on."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from chassis.editions import Edition, EditionRepository
from contracts.audit import JournalEntry
from contracts.codes.habilitation import matrix
from contracts.consent.matrices import ListMatrices, LoadMatrix, Matrices, MatrixDiff
from contracts.envelope import Actor
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import MatrixInvalid
from contracts.vocabulary import PLATFORM, Act, Outcome, Role
from services.consent.domain.matrix import Entitlement
from services.consent.handlers.matrices import list_matrices, load_matrix
from services.consent.repositories.matrices import MATRICES
from tests.integration.consent.harness import ConsentHarness

OPERATOR = Actor(role=Role.OPERATOR, subject="exploitation")
DAY = timedelta(days=1)
NOW = datetime.now(UTC)
TOMORROW = NOW.date() + DAY
BUILT_IN = matrix().version


class Replica(ConsentHarness):
    """A process with its own matrix cache; all requests are an operator's."""

    def load(self, body: str, *, load: bool = True) -> MatrixDiff:
        return self.run(load_matrix, LoadMatrix(text=body, load=load), OPERATOR)

    def versions(self) -> Matrices:
        return self.run(list_matrices, ListMatrices(), OPERATOR)

    def put(self, edition: Edition) -> bool:
        """Store a version without validation, as an older release may have."""
        with self.separate_transaction() as connection:
            return EditionRepository(connection, MATRICES).add(edition, loaded_by="exploitation")

    def in_force(self, at: datetime) -> Entitlement:
        """The version that decides at that time, of those stored now."""
        with self.separate_transaction() as connection:
            repository = EditionRepository(connection, MATRICES)
            self.tools.matrix_cache.refresh(repository)
            return self.tools.matrix_cache.in_force(repository, at)


@pytest.fixture
def url(database: Callable[[str], str]) -> str:
    return database("consent")


@pytest.fixture
def replica(url: str) -> Iterator[Replica]:
    replica = Replica(url)
    yield replica
    replica.close()


def body(version: str = "v2", effective: date = TOMORROW, denied: tuple[str, ...] = ("75496-0",)) -> str:
    return json.dumps(
        {
            "version": version,
            "published": "2026-01-01",
            "effective": effective.isoformat(),
            "complete": True,
            "professions": {"21": {"coverage": "listed", "denied": denied}},
        }
    )


def journalled(outcome: Outcome, reason: str) -> JournalEntry:
    return JournalEntry.by(OPERATOR, PLATFORM, Act.CHARGEMENT_MATRICE, outcome=outcome, reason=reason)


def test_a_diff_without_loading_changes_nothing(replica: Replica) -> None:
    diff = replica.load(body(), load=False)
    assert (diff.version, diff.against, diff.loaded) == ("v2", BUILT_IN, False)
    assert diff.professions_removed == tuple(sorted(matrix().professions.keys() - {"21"}))
    assert [edition.version for edition in replica.versions().versions] == [BUILT_IN]
    assert replica.journal() == []


def test_a_version_is_loaded_as_in_its_diff_and_journalled(replica: Replica) -> None:
    diff = replica.load(body(), load=False)
    assert replica.load(body()) == msgspec.structs.replace(diff, loaded=True)
    assert replica.journal() == [journalled(Outcome.ALLOWED, "operateur")]
    newest, built_in = replica.versions().versions
    assert (newest.version, newest.professions, newest.text) == ("v2", 1, body())
    assert (newest.in_force, built_in.in_force) == (False, True)


@pytest.mark.parametrize("load", [True, False])
def test_a_refusal_is_journalled_and_loads_nothing(replica: Replica, load: bool) -> None:
    with pytest.raises(MatrixInvalid):
        replica.load(body(effective=NOW.date() - DAY), load=load)
    assert replica.journal() == [journalled(Outcome.REFUSED, MatrixInvalid.code)]
    assert [edition.version for edition in replica.versions().versions] == [BUILT_IN]


@pytest.mark.parametrize("name", ["v2", BUILT_IN])
def test_a_version_is_never_changed(replica: Replica, name: str) -> None:
    replica.load(body())
    before = replica.versions()
    with pytest.raises(MatrixInvalid):
        replica.load(body(name, denied=()))
    assert replica.versions() == before


def test_a_diff_is_against_the_version_in_force_on_the_effective_date(replica: Replica) -> None:
    replica.load(body("v2", TOMORROW))
    assert replica.load(body("v3", NOW.date()), load=False).against == BUILT_IN
    later = replica.load(body("v3", TOMORROW + DAY, denied=()), load=False)
    assert (later.against, [cell.readable for cell in later.cells]) == ("v2", [True])


def test_an_invalid_version_refuses_from_its_effective_date_on_and_not_before(replica: Replica) -> None:
    invalid = body().replace('"21"', '"00"')
    replica.put(Edition(version="v2", effective=TOMORROW, loaded_at=NOW, text=invalid))
    assert replica.in_force(NOW).denied("10") == ("ATTEST-RESID",)
    with pytest.raises(ServiceUnavailable):
        replica.in_force(NOW + DAY).denied("10")
    assert replica.versions().versions[0].professions == 0


def test_an_invalid_version_is_replaced_by_a_valid_one(replica: Replica) -> None:
    replica.put(Edition(version="v2", effective=TOMORROW, loaded_at=NOW, text="{"))
    diff = replica.load(body("v3"))
    assert (diff.against, diff.professions_added) == ("v2", ("21",))
    assert replica.in_force(NOW + DAY).denied("21") == ("75496-0",)
