"""Searching people by traits: how names are compared, and whose software may search."""

import pytest

from contracts.envelope import Actor
from contracts.errors.request import SoftwareRefused
from contracts.vocabulary import Role, SoftwareProfile
from services.identity.domain import check_may_search, fold_name


@pytest.mark.parametrize(
    "name", ["D'ÉTÉ-MARTIN", "d ete martin", "  D\u2019E\u0301te\u0301  Martin ", "D.Été_Martin"]
)
def test_accents_case_and_what_joins_names_make_no_difference(name: str) -> None:
    assert fold_name(name) == "d ete martin"


@pytest.mark.parametrize(("name", "folded"), [("", ""), ("-'", ""), ("Œuvrard", "œuvrard"), ("Lê", "le")])
def test_letters_are_kept_and_nothing_else(name: str, folded: str) -> None:
    assert fold_name(name) == folded


def searcher(profile: SoftwareProfile | None, role: Role = Role.PROFESSIONAL) -> Actor:
    return Actor(role=role, subject="s", profile=profile)


def test_agents_and_software_that_reads_or_manages_may_search() -> None:
    check_may_search(searcher(None, Role.AGENT))
    for profile in (SoftwareProfile.CONSULTATION, SoftwareProfile.GESTION):
        check_may_search(searcher(profile))


@pytest.mark.parametrize("profile", [SoftwareProfile.ALIMENTATION, None])
def test_software_that_only_feeds_may_not(profile: SoftwareProfile | None) -> None:
    with pytest.raises(SoftwareRefused):
        check_may_search(searcher(profile))
