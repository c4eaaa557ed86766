"""Versions of the matrix on a real database: loaded once, journalled, in force from their effective date on."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from chassis.editions import Edition, EditionRepository
from contracts.audit import JournalEntry
from contracts.codes.habilitation import matrix
from contracts.consent.matrices import ListMatrices, LoadMatrix, Matrices, MatrixDiff, WithdrawMatrix
from contracts.envelope import Actor
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import MatrixInvalid, MatrixNotFound
from contracts.vocabulary import PLATFORM, Act, Outcome, Role
from services.consent.domain.matrix import Entitlement
from services.consent.handlers.matrices import list_matrices, load_matrix, withdraw_matrix
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

    def withdraw(self, version: str, *, withdraw: bool = True) -> MatrixDiff:
        return self.run(withdraw_matrix, WithdrawMatrix(version=version, withdraw=withdraw), OPERATOR)

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


def journalled(outcome: Outcome, reason: str, act: Act = Act.CHARGEMENT_MATRICE) -> JournalEntry:
    return JournalEntry.by(OPERATOR, PLATFORM, act, outcome=outcome, reason=reason)


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


def test_what_a_withdrawal_would_change_is_told_first(replica: Replica) -> None:
    replica.load(body("v2", NOW.date()))
    shown = replica.withdraw("v2", withdraw=False)
    assert (shown.version, shown.against, shown.effective, shown.loaded) == (BUILT_IN, "v2", NOW.date(), False)
    assert shown.professions_added == tuple(sorted(matrix().professions.keys() - {"21"}))
    assert replica.in_force(NOW).version == "v2"
    assert replica.withdraw("v2") == msgspec.structs.replace(shown, loaded=True)


def test_a_withdrawn_version_is_in_force_no_more_and_stays_listed(replica: Replica) -> None:
    replica.load(body("v2", NOW.date()))
    assert replica.in_force(NOW).version == "v2"
    replica.withdraw("v2")
    assert replica.in_force(NOW).version == BUILT_IN
    newest, built_in = replica.versions().versions
    assert (newest.version, newest.in_force, newest.withdrawn_at is None) == ("v2", False, False)
    assert (built_in.in_force, built_in.withdrawn_at) == (True, None)
    assert replica.journal()[-1] == journalled(Outcome.ALLOWED, "operateur", Act.RETRAIT_MATRICE)


def test_a_version_withdrawn_before_its_day_never_comes_into_force(replica: Replica) -> None:
    replica.load(body("v2", TOMORROW))
    shown = replica.withdraw("v2")
    assert (shown.effective, shown.version) == (TOMORROW, BUILT_IN)
    assert replica.in_force(NOW + DAY).version == BUILT_IN


def test_a_diff_is_never_against_a_withdrawn_version(replica: Replica) -> None:
    replica.load(body("v2", TOMORROW))
    replica.withdraw("v2")
    assert replica.load(body("v3", TOMORROW), load=False).against == BUILT_IN


def test_withdrawing_a_version_that_was_superseded_changes_nothing(replica: Replica) -> None:
    replica.load(body("v2", NOW.date()))
    replica.load(body("v3", NOW.date(), denied=()))
    shown = replica.withdraw("v2")
    assert (shown.version, shown.against, shown.cells) == ("v3", "v2", ())


@pytest.mark.parametrize("withdraw", [True, False])
@pytest.mark.parametrize("name", ["v9", BUILT_IN, "withdrawn"])
def test_only_a_loaded_version_that_is_not_withdrawn_can_be(replica: Replica, name: str, withdraw: bool) -> None:
    replica.load(body("withdrawn", TOMORROW))
    replica.withdraw("withdrawn")
    with pytest.raises(MatrixNotFound):
        replica.withdraw(name, withdraw=withdraw)
    assert replica.journal()[-1] == journalled(Outcome.REFUSED, MatrixNotFound.code, Act.RETRAIT_MATRICE)


def test_what_no_other_version_would_replace_is_not_withdrawn(replica: Replica) -> None:
    """A loaded version that has the name of the built-in one stands in its place."""
    replica.put(Edition(version=BUILT_IN, effective=NOW.date(), loaded_at=NOW, text=body(BUILT_IN, NOW.date())))
    with pytest.raises(MatrixNotFound):
        replica.withdraw(BUILT_IN)
    assert replica.in_force(NOW).version == BUILT_IN


def test_the_name_of_a_withdrawn_version_stays_taken(replica: Replica) -> None:
    replica.load(body("v2"))
    replica.withdraw("v2")
    with pytest.raises(MatrixInvalid):
        replica.load(body("v2"))
