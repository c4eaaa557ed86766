"""Searching people by traits: whose software may search."""

import pytest

from contracts.envelope import Actor
from contracts.errors.request import SoftwareRefused
from contracts.vocabulary import Role, SoftwareProfile
from services.identity.domain import check_may_search


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
