"""Only what Pro Santé Connect signed for this platform, now and as a logout, is a logout token."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from contracts.errors.execution import SignInUnavailable
from contracts.errors.request import LogoutRefused
from services.identity.domain.workplaces import ProviderSession
from tests.integration.identity.false_provider import (
    LOGOUT_EVENT,
    NOW,
    FalseProvider,
    relying_party,
    signed_with_the_public_key,
    unsigned,
)

_NOW = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("claims", "ended"),
    [
        ({}, ProviderSession("f:1")),
        ({"sid": "s-1"}, ProviderSession("f:1", "s-1")),
        ({"sid": "s-1", "sub": None}, ProviderSession("", "s-1")),
        ({"aud": ["carnet"]}, ProviderSession("f:1")),
    ],
)
def test_a_logout_token_names_the_session_or_its_subject(
    provider: FalseProvider, claims: dict[str, Any], ended: ProviderSession
) -> None:
    assert relying_party(provider.issuer).read_logout(provider.logout_token(**claims), NOW).ended == ended


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://ailleurs.example"},
        {"aud": "another"},
        {"aud": ["carnet", "another"]},
        {"aud": None},
        {"iat": _NOW + 600, "exp": _NOW + 700},
        {"iat": _NOW - 3600},
        {"iat": None},
        {"exp": _NOW - 1},
        {"exp": _NOW + 86_400},
        {"exp": None},
        {"jti": None},
        {"jti": ""},
        {"events": None},
        {"events": {}},
        {"events": {"https://ailleurs.example/event": {}}},
        {"events": [LOGOUT_EVENT]},
        {"events": {LOGOUT_EVENT: True}},
        {"nonce": "n"},
        {"nonce": ""},
        {"sub": None},
        {"sub": "", "sid": ""},
        {"sid": "x" * 300},
        {"sid": "a\0b"},
        {"sub": 7},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_ends_nothing(provider: FalseProvider, claims: dict[str, Any]) -> None:
    with pytest.raises(LogoutRefused):
        relying_party(provider.issuer).read_logout(provider.logout_token(**claims), NOW)


@pytest.mark.parametrize("how", ["none", "its public key as a secret", "another key"])
def test_a_token_that_the_provider_has_not_signed_ends_nothing(provider: FalseProvider, how: str) -> None:
    others = FalseProvider()
    others.close()
    ways: dict[str, Callable[[dict[str, Any]], str]] = {
        "none": unsigned,
        "another key": others.sign_claims,
        "its public key as a secret": partial(signed_with_the_public_key, provider),
    }
    provider.sign_claims = ways[how]
    with pytest.raises(LogoutRefused):
        relying_party(provider.issuer).read_logout(provider.logout_token(), NOW)


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 20_000])
def test_what_is_no_token_ends_nothing(provider: FalseProvider, token: str) -> None:
    with pytest.raises(LogoutRefused):
        relying_party(provider.issuer).read_logout(token, NOW)


def test_an_id_token_ends_nothing(provider: FalseProvider) -> None:
    id_token = provider.answer("/token")[1]["id_token"]
    with pytest.raises(LogoutRefused):
        relying_party(provider.issuer).read_logout(id_token, NOW)


def test_tokens_that_name_unknown_keys_make_us_ask_the_provider_once_in_ten_seconds(provider: FalseProvider) -> None:
    party = relying_party(provider.issuer)
    party.read_logout(provider.logout_token(), NOW)
    provider.key = RSAKey.generate_key(2048, {"kid": "l"})
    for seconds in (1, 9):
        with pytest.raises(LogoutRefused):
            party.read_logout(provider.logout_token(), NOW + timedelta(seconds=seconds))
    assert provider.asked.count("/keys") == 1
    assert party.read_logout(provider.logout_token(), NOW + timedelta(seconds=10)).ended == ProviderSession("f:1")
    assert provider.asked.count("/keys") == 2


def test_without_the_providers_keys_nothing_is_decided() -> None:
    with closing(FalseProvider()) as provider:
        token = provider.logout_token()
    party = relying_party(provider.issuer)
    for seconds in (0, 1):
        with pytest.raises(SignInUnavailable):
            party.read_logout(token, NOW + timedelta(seconds=seconds))
