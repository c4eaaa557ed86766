"""What a lying or broken provider says of a professional is refused; the journeys use a real one."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from joserfc.jwk import RSAKey

from chassis.settings import SettingsError
from contracts.errors.execution import SignInUnavailable
from contracts.errors.request import SignInRefused
from services.identity.domain.workplaces import Confirmed, ProviderSession
from services.identity.pro_sante_connect import ProSanteConnect
from tests.integration.identity.false_provider import (
    NOW,
    PERSON,
    FalseProvider,
    relying_party,
    signed_with_the_public_key,
    unsigned,
)

REQUEST, BROWSER = UUID(int=7), "s" * 43


def begun(provider: FalseProvider) -> ProSanteConnect:
    """A relying party with a request under way, whose nonce the provider knows."""
    party = relying_party(provider.issuer)
    query = parse_qs(urlsplit(party.address(REQUEST, BROWSER)).query)
    provider.claims["nonce"] = query["nonce"][0]
    return party


def test_a_valid_answer_confirms_the_professional(provider: FalseProvider) -> None:
    confirmed = begun(provider).confirm("c", REQUEST, BROWSER, NOW)
    assert confirmed == Confirmed("889990000013", frozenset({"21"}), ProviderSession("f:1"))


def test_a_request_has_the_parameters_the_provider_requires(provider: FalseProvider) -> None:
    query = parse_qs(urlsplit(relying_party(provider.issuer).address(REQUEST, BROWSER)).query)
    assert query["scope"] == ["openid scope_all"]
    assert query["acr_values"] == ["eidas1"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["state"] == [str(REQUEST)]


def test_a_request_is_continued_by_its_own_browser_only(provider: FalseProvider) -> None:
    party = begun(provider)
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, "t" * 43, NOW)
    with pytest.raises(SignInRefused):
        party.confirm("c", UUID(int=8), BROWSER, NOW)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "https://ailleurs.example"),
        ("aud", "another"),
        ("aud", None),
        ("exp", int(NOW.timestamp()) - 60),
        ("exp", None),
        ("iat", int(NOW.timestamp()) + 600),
        ("nonce", "another"),
        ("nonce", None),
        ("acr", "eidas0"),
        ("acr", None),
        ("sub", "f:2"),
        ("sub", None),
    ],
)
def test_an_id_token_with_a_wrong_claim_confirms_nobody(provider: FalseProvider, name: str, value: object) -> None:
    party = begun(provider)
    provider.claims[name] = value
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, BROWSER, NOW)


@pytest.mark.parametrize("how", ["none", "its public key as a secret", "another key"])
def test_an_id_token_that_it_has_not_signed_confirms_nobody(provider: FalseProvider, how: str) -> None:
    party = begun(provider)
    others = FalseProvider()
    others.close()
    ways: dict[str, Callable[[dict[str, Any]], str]] = {
        "none": unsigned,
        "another key": others.sign_claims,
        "its public key as a secret": partial(signed_with_the_public_key, provider),
    }
    provider.sign_claims = ways[how]
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, BROWSER, NOW)


def test_a_key_added_since_is_fetched(provider: FalseProvider) -> None:
    party = begun(provider)
    party.confirm("c", REQUEST, BROWSER, NOW)
    provider.key = RSAKey.generate_key(2048, {"kid": "l"})
    assert party.confirm("c", REQUEST, BROWSER, NOW).national_id == "889990000013"


@pytest.mark.parametrize("person", [{}, [], {"sub": "f:1"}, PERSON, PERSON | {"sub": "f:1", "SubjectNameID": 8}])
def test_a_person_without_what_is_needed_is_nobody(provider: FalseProvider, person: object) -> None:
    party = begun(provider)
    provider.person = person
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, BROWSER, NOW)


def test_a_code_the_provider_does_not_know_confirms_nobody(provider: FalseProvider) -> None:
    party = begun(provider)
    provider.refuses_code = True
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, BROWSER, NOW)


@pytest.mark.parametrize("metadata", [{"issuer": "https://ailleurs.example"}, {"jwks_uri": None}])
def test_the_metadata_of_another_provider_is_refused(provider: FalseProvider, metadata: dict[str, object]) -> None:
    provider.metadata = metadata
    with pytest.raises(SignInUnavailable):
        relying_party(provider.issuer).address(REQUEST, BROWSER)


def test_a_provider_that_does_not_answer_is_unavailable(provider: FalseProvider) -> None:
    party = begun(provider)
    provider.close()
    with pytest.raises(SignInUnavailable):
        party.confirm("c", REQUEST, BROWSER, NOW)
    with pytest.raises(SignInUnavailable):
        relying_party(provider.issuer).address(REQUEST, BROWSER)


@pytest.mark.parametrize(
    ("issuer", "client", "secret"),
    [
        ("https://psc.example", "", "f"),
        ("https://psc.example", "carnet", ""),
        ("http://psc.example", "carnet", "f"),
    ],
)
def test_incomplete_settings_of_the_provider_stop_the_start(issuer: str, client: str, secret: str) -> None:
    with pytest.raises(SettingsError):
        ProSanteConnect.of(issuer, client, secret, "https://carnet.example")


def test_a_platform_may_have_no_provider() -> None:
    assert ProSanteConnect.of("", "", "", "https://carnet.example") is None
