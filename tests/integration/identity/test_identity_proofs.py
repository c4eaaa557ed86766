"""Proofs of possession at gateways are used up in identity, each for its key."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.envelope import Actor
from contracts.errors.request import PossessionUnproven
from contracts.identity.oauth import SpendProof
from contracts.vocabulary import Role
from services.identity.handlers.tokens import spend_proof
from tests.integration.identity.harness import IdentityHarness


def app(bound_to: str) -> Actor:
    return Actor(role=Role.APP, subject="app-1", bound_to=bound_to)


def is_first(harness: IdentityHarness, jti: str, bound_to: str = "a key") -> bool:
    try:
        harness.run(spend_proof, SpendProof(jti=jti), app(bound_to))
    except PossessionUnproven:
        return False
    return True


def test_a_proof_serves_once_for_its_key(harness: IdentityHarness) -> None:
    assert [is_first(harness, "p" * 12) for _ in range(2)] == [True, False]
    assert is_first(harness, "p" * 12, "another key")


def test_of_several_at_once_one_is_the_first(harness: IdentityHarness) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: is_first(harness, "q" * 12), range(6))) == 1


def test_a_token_that_is_bound_to_nothing_spends_nothing(harness: IdentityHarness) -> None:
    with pytest.raises(PossessionUnproven):
        harness.run(spend_proof, SpendProof(jti="r" * 12), app(""))
