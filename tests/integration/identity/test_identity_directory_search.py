"""Patients look for professionals in the directory by name and structure, and learn the names behind numbers."""

import pytest
from sqlalchemy import text

from contracts.envelope import Actor
from contracts.errors.request import InvalidRequest
from contracts.identity.directory import NameProfessionals, ProfessionalsFound, SearchProfessionals
from contracts.vocabulary import Finess, Role, Rpps
from services.identity.directory import Directory, ListedProfessional, ListedStructure, import_directory
from services.identity.handlers import directory
from tests.integration.identity.harness import IdentityHarness

PATIENT = Actor(role=Role.PATIENT, subject="0190a5f0-0000-7000-8000-000000000000")
HARBOUR, FOREST = Finess("990000010"), Finess("990000028")


def listed(number: str, given: str, family: str, *places: Finess, profession: str = "10") -> ListedProfessional:
    return ListedProfessional(
        rpps=Rpps(number), title="Dr", family_name=family, given_names=given, profession=profession, structures=places
    )


@pytest.fixture
def registry(harness: IdentityHarness) -> IdentityHarness:
    entries = (
        listed("89990000013", "Zoé Anne", "LE GŒDIC", HARBOUR),
        listed("89990000021", "Zoé", "D'ARGÉ-LEGRAND", FOREST, HARBOUR, profession="21"),
        listed("89990000039", "Legrand", "ZOETE"),
    )
    places = (ListedStructure(HARBOUR, "Maison médicale du Port"), ListedStructure(FOREST, "Pharmacie de la Forêt"))
    with harness.repositories() as repositories:
        import_directory(Directory(places, entries, ()), repositories)
    return harness


def search(registry: IdentityHarness, name: str, *, profession: str = "", structure: str = "") -> ProfessionalsFound:
    message = SearchProfessionals(name=name, profession=profession, structure=structure)
    return registry.run(directory.search_professionals, message, PATIENT)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("le goedic", ["89990000013"]),
        ("GŒDIC zoe", ["89990000013"]),
        ("zoé", ["89990000021", "89990000013", "89990000039"]),
        ("legr zo", ["89990000021", "89990000039"]),
        ("arge", ["89990000021"]),
        ("d'argé", ["89990000021"]),
        ("oedic", []),
        ("zo & !le:* | (", ["89990000021", "89990000013", "89990000039"]),
    ],
)
def test_each_word_begins_a_name_whatever_its_case_accents_and_order(
    registry: IdentityHarness, name: str, expected: list[str]
) -> None:
    assert [each.rpps for each in search(registry, name).professionals] == expected


def test_profession_and_structure_narrow_the_search(registry: IdentityHarness) -> None:
    assert [each.rpps for each in search(registry, "zoe", profession="21").professionals] == ["89990000021"]
    [only] = search(registry, "zoe", structure="foret").professionals
    assert (only.name, only.profession) == ("Dr Zoé D'ARGÉ-LEGRAND", "21")
    assert [place.name for place in only.structures] == ["Maison médicale du Port", "Pharmacie de la Forêt"]


def test_who_has_retired_is_not_found_but_keeps_a_name(registry: IdentityHarness) -> None:
    with registry.repositories() as repositories:
        repositories.connection.execute(
            text("UPDATE professionals SET retired_at = now() WHERE rpps = '89990000013'")
        )
    assert search(registry, "goedic").professionals == ()
    wanted = NameProfessionals(rpps=(Rpps("89990000013"), Rpps("10000000000")), structures=(FOREST,))
    names = registry.run(directory.name_professionals, wanted, PATIENT)
    assert [each.name for each in names.professionals] == ["Dr Zoé Anne LE GŒDIC"]
    assert [each.name for each in names.structures] == ["Pharmacie de la Forêt"]


def test_of_many_twenty_are_listed_and_how_many_more_is_not_told(registry: IdentityHarness) -> None:
    many = tuple(listed(f"8888{number:07}", "Ange", f"MILLE{number:02}") for number in range(25))
    with registry.repositories() as repositories:
        import_directory(Directory((), many, ()), repositories)
    found = search(registry, "mille")
    assert [each.name for each in found.professionals] == [f"Dr Ange MILLE{number:02}" for number in range(20)]
    assert found.more
    assert not search(registry, "mille03").more


@pytest.mark.parametrize("name", ["", "z", "é ", "a" * 101, " ".join("abcdefghi")])
def test_names_that_are_too_short_or_too_long_are_refused(registry: IdentityHarness, name: str) -> None:
    with pytest.raises(InvalidRequest):
        search(registry, name)


def test_the_names_of_too_many_are_not_told_at_once(registry: IdentityHarness) -> None:
    with pytest.raises(InvalidRequest):
        registry.run(directory.name_professionals, NameProfessionals(rpps=(Rpps("89990000013"),) * 201), PATIENT)


def test_nothing_of_a_search_is_journalled_and_its_index_serves_it(registry: IdentityHarness) -> None:
    search(registry, "goedic")
    assert registry.events == []
    wanted = "SELECT FROM professionals WHERE words_of(family_name, given_names) @@ to_tsquery('simple', 'goedic')"
    with registry.repositories() as repositories:
        repositories.connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(repositories.connection.scalars(text(f"EXPLAIN {wanted}")))
    assert "professionals_by_words" in plan
