"""Extracts imported into the directory, on PostgreSQL: who enters, changes, retires, and who may log in then."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from contracts.errors.request import ProfessionalUnknown
from contracts.identity.people import Contact
from contracts.vocabulary import Rpps
from deploy.dev import people
from samples.annuaire import ACTIVITY_COLUMNS, SKILL_COLUMNS, line, rpps_of
from services.identity import tables
from services.identity.directory import import_directory, read_directory
from services.identity.extract_import import TooManyRetired
from services.identity.repositories.extracts import import_transaction
from tests.integration.identity.harness import IdentityHarness
from tests.integration.identity.registry import Registry, practising

ADA, BO, CYD = (Rpps(rpps_of(number)) for number in (1, 2, 3))
HERE, THERE = people.HEALTH_CENTRE.finess, people.HOSPITAL.finess
GP = next(professional for professional in people.PROFESSIONALS if professional.name == "gp")
CROWD = [practising(rpps_of(number), HERE) for number in range(100, 140)]


@pytest.fixture
def registry(harness: IdentityHarness, tmp_path: Path) -> Registry:
    """The demo directory, and extracts on top."""
    return Registry(harness.engine, tmp_path, harness.now)


def specialty_of(harness: IdentityHarness, rpps: Rpps) -> object:
    with harness.repositories() as repositories:
        columns = tables.professionals.c
        return repositories.connection.scalar(select(columns.specialty).where(columns.rpps == rpps))


def test_whom_an_extract_states_is_entered_with_all_their_places(
    harness: IdentityHarness, registry: Registry
) -> None:
    taken = registry.take(practising(ADA, HERE), practising(ADA, THERE), practising(BO))
    assert (taken.new, taken.changed, taken.gone) == (2, 0, 0)
    with harness.repositories() as repositories:
        ada, bo = repositories.find_professional(ADA), repositories.find_professional(BO)
    assert ada and bo
    assert (ada.name, ada.profession, ada.structures) == ("Dr Agathe ESSAI", "10", frozenset({HERE, THERE}))
    assert bo.structures == frozenset()
    assert specialty_of(harness, ADA) == "SM26"
    assert taken.counts and taken.counts.placeless == 1


def test_the_same_extract_again_changes_nothing(registry: Registry) -> None:
    registry.take(practising(ADA, HERE), practising(BO, THERE))
    before = registry.state()
    taken = registry.take(practising(ADA, HERE), practising(BO, THERE))
    assert (taken.new, taken.changed, taken.gone) == (0, 0, 0)
    assert registry.state() == before


def test_known_addresses_are_kept(harness: IdentityHarness, registry: Registry) -> None:
    registry.take(practising(GP.rpps, HERE, **{"Nom d'exercice": "AUBRAC-NOUVEL"}))
    with harness.repositories() as repositories:
        entry = repositories.find_professional(GP.rpps)
        assert entry and entry.name == "Dr Agathe AUBRAC-NOUVEL"
        assert repositories.contact_of_professional(GP.rpps) == Contact(email=GP.email, mobile=GP.mobile)


def test_names_are_kept_to_the_letter(harness: IdentityHarness, registry: Registry) -> None:
    registry.take(practising(ADA, HERE, **{"Nom d'exercice": r"L'\NÉ", "Prénom d'exercice": "Zoé\tЮ"}))
    with harness.repositories() as repositories:
        entry = repositories.find_professional(ADA)
    assert entry and entry.name == "Dr Zoé\tЮ L'\\NÉ"


@pytest.mark.parametrize("name", ["gp", "pharmacist", "nurse"])
def test_people_listed_by_hand_go_on_although_no_extract_names_them(
    harness: IdentityHarness, registry: Registry, name: str
) -> None:
    taken = registry.take(practising(ADA, HERE))
    assert taken.gone == 0
    assert harness.login_professional(harness.assertion(name)).actor.name


def test_whom_the_next_whole_extract_leaves_out_is_retired_and_logs_in_no_more(
    harness: IdentityHarness, registry: Registry
) -> None:
    registry.take(*CROWD, practising(GP.rpps, HERE))
    assert harness.login_professional(harness.assertion("gp")).actor.subject == GP.rpps
    assert registry.take(*CROWD).gone == 1
    with pytest.raises(ProfessionalUnknown):
        harness.login_professional(harness.assertion("gp"))
    with harness.repositories() as repositories:
        assert repositories.contact_of_professional(GP.rpps) == Contact()
    kept = [row for row in registry.state()["professionals"] if row[0] == GP.rpps]
    assert len(kept) == 1, "their history stays"


def test_a_retired_professional_who_is_stated_again_comes_back(harness: IdentityHarness, registry: Registry) -> None:
    registry.take(*CROWD, practising(GP.rpps, HERE))
    registry.take(*CROWD)
    assert registry.take(*CROWD, practising(GP.rpps, HERE)).changed == 1
    assert harness.login_professional(harness.assertion("gp")).actor.subject == GP.rpps


def test_a_retired_professional_who_is_listed_by_hand_comes_back(
    harness: IdentityHarness, registry: Registry
) -> None:
    registry.take(*CROWD, practising(GP.rpps, HERE))
    registry.take(*CROWD)
    with harness.repositories() as repositories:
        import_directory(read_directory(people.as_directory()), repositories)
    registry.take(*CROWD)
    assert harness.login_professional(harness.assertion("gp")).actor.subject == GP.rpps


@pytest.mark.parametrize("delta", [False, True])
def test_who_has_moved_is_refused_with_the_old_card_and_let_in_with_the_new(
    harness: IdentityHarness, registry: Registry, delta: bool
) -> None:
    registry.take(practising(GP.rpps, HERE))
    assert registry.take(practising(GP.rpps, THERE), delta=delta).changed == 1
    with pytest.raises(ProfessionalUnknown):
        harness.login_professional(harness.assertion("gp", structure=HERE))
    assert harness.login_professional(harness.assertion("gp", structure=THERE)).actor.structure == THERE


def test_a_delta_adds_and_changes_and_retires_nobody(harness: IdentityHarness, registry: Registry) -> None:
    registry.take(practising(ADA, HERE), practising(BO, HERE))
    taken = registry.take(practising(BO, THERE), practising(CYD, HERE), delta=True)
    assert (taken.new, taken.changed, taken.gone) == (1, 1, 0)
    with harness.repositories() as repositories:
        entries = [repositories.find_professional(rpps) for rpps in (ADA, BO, CYD)]
    assert [entry.structures for entry in entries if entry] == [{HERE}, {THERE}, {HERE}]


def test_a_whole_extract_that_leaves_out_too_many_is_refused_unless_meant(registry: Registry) -> None:
    registry.take(*CROWD)
    before = registry.state()
    with pytest.raises(TooManyRetired) as refused:
        registry.take(*CROWD[3:], practising(ADA, HERE))
    assert (refused.value.counts.left_out, refused.value.counts.known) == (3, len(CROWD))
    assert registry.state() == before
    assert registry.take(*CROWD[3:], may_retire=True).gone == 3


def test_one_in_twenty_may_be_left_out(registry: Registry) -> None:
    registry.take(*CROWD)
    assert registry.take(*CROWD[2:]).gone == 2


@pytest.mark.parametrize("spoil", [lambda text: text + "|||", lambda text: text[:-30]])
def test_whoever_has_a_broken_line_stays_as_they_are(
    harness: IdentityHarness, registry: Registry, spoil: Callable[[str], str]
) -> None:
    registry.take(practising(ADA, HERE), practising(BO, HERE))
    broken = [spoil(practising(rpps, THERE)) for rpps in (ADA, CYD)]
    taken = registry.take(practising(ADA, THERE), *broken, practising(BO, THERE))
    assert (taken.new, taken.changed, taken.gone) == (0, 1, 0)
    assert taken.counts and taken.counts.broken == 2
    with harness.repositories() as repositories:
        ada, cyd = repositories.find_professional(ADA), repositories.find_professional(CYD)
    assert ada and ada.structures == {HERE}
    assert cyd is None


def test_a_line_of_a_profession_not_known_here_does_not_hold_back_the_others(
    harness: IdentityHarness, registry: Registry
) -> None:
    taken = registry.take(practising(ADA, THERE, **{"Code profession": "71"}), practising(ADA, HERE))
    assert taken.new == 1
    with harness.repositories() as repositories:
        ada = repositories.find_professional(ADA)
    assert ada and ada.structures == {HERE}


def test_of_several_professions_one_that_is_still_given_is_kept_with_its_places(
    harness: IdentityHarness, registry: Registry
) -> None:
    taken = registry.take(
        practising(ADA, THERE, **{"Code profession": "35"}),
        practising(ADA, HERE, **{"Code profession": "60"}),
        practising(ADA, THERE, **{"Code profession": "70"}),
    )
    assert taken.counts and taken.counts.several == 1
    with harness.repositories() as repositories:
        ada = repositories.find_professional(ADA)
    assert ada and (ada.profession, ada.structures) == ("60", frozenset({HERE}))


def test_specialties_come_from_a_file_of_their_own_too(harness: IdentityHarness, registry: Registry) -> None:
    bare = [name for name in ACTIVITY_COLUMNS if "savoir-faire" not in name]
    people_ = [line({"Identifiant PP": rpps}, bare) for rpps in (ADA, BO)]
    skills = [line({"Identifiant PP": ADA, "Code savoir-faire": code}, SKILL_COLUMNS) for code in ("SM54", "SM04")]
    registry.take(*people_, columns=bare)
    assert specialty_of(harness, ADA) is None
    assert registry.take(*skills, columns=SKILL_COLUMNS).changed == 1
    assert specialty_of(harness, ADA) == "SM04"
    assert registry.take(*people_, columns=bare).changed == 0
    assert specialty_of(harness, ADA) == "SM04"
    registry.take(line({"Identifiant PP": BO}, SKILL_COLUMNS), columns=SKILL_COLUMNS, delta=True)
    assert specialty_of(harness, ADA) == "SM04"
    registry.take(line({"Identifiant PP": BO}, SKILL_COLUMNS), columns=SKILL_COLUMNS)
    assert specialty_of(harness, ADA) is None


def test_what_is_not_kept_leaves_nothing(registry: Registry) -> None:
    registry.take(*CROWD)
    before = registry.state()
    taken = registry.take(*CROWD[1:], practising(ADA, THERE), keep=False)
    assert (taken.new, taken.gone) == (1, 1)
    assert registry.state() == before


def test_a_fault_after_everything_was_entered_leaves_the_old_directory_whole(registry: Registry) -> None:
    registry.take(*CROWD)
    before = registry.state()
    with pytest.raises(RuntimeError), import_transaction(registry.url, keep=True) as repository:
        assert repository.lock_imports()
        repository.stage([(ADA, "", "ESSAI", "Ada", "10", None, HERE, "Maison")])
        repository.merge_lines([])
        repository.enter(has_specialties=True)
        repository.retire(registry.now)
        raise RuntimeError
    assert registry.state() == before
