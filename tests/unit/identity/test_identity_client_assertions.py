"""Client assertions, claim by claim (RFC 7519, RFC 7523, RFC 9126): what a correct client sends is accepted."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from contracts.errors.request import ClientUnknown
from services.identity.client_assertions import AGENT_KIND, ReadAssertion, read_agent, read_assertion
from tests.unit.identity.card_builders import part

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEY, OTHER = ECKey.generate_key("P-256", {"kid": "k"}), ECKey.generate_key("P-256", {"kid": "k"})
ISSUER, TOKEN = "https://carnet.example", "https://carnet.example/oauth/token"
AUDIENCES = frozenset({ISSUER, TOKEN})
CLIENT = "app-1"
ABSENT = "(absent)"
"""In the place of a claim that is left out."""


def jwks(*keys: ECKey) -> str:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def sent(header: dict[str, Any] | None = None, **changed: Any) -> str:
    """An assertion; `iat`, `exp` and `nbf` in seconds from now."""
    now = NOW.timestamp()
    claims: dict[str, Any] = {"iss": CLIENT, "sub": CLIENT, "aud": TOKEN, "exp": 60, "jti": "j" * 16} | changed
    times = {name: now + claims[name] for name in ("iat", "exp", "nbf") if type(claims.get(name)) in (int, float)}
    kept = {name: value for name, value in (claims | times).items() if value != ABSENT}
    signed = f"{part({'alg': 'ES256', 'kid': 'k'} | (header or {}))}.{part(kept)}"
    # joserfc's functions for whole tokens would refuse to sign some of these headers.
    signature = jws.JWSRegistry().get_alg("ES256").sign(signed.encode(), KEY)
    return f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def read(assertion: str, keys: str = jwks(KEY)) -> ReadAssertion:
    return read_assertion(assertion, keys, CLIENT, AUDIENCES, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"iat": 2, "exp": 302},
        {"iat": 30, "exp": 330},
        {"iat": -0.5, "exp": 60.25},
        {"iat": 2, "nbf": 2, "exp": 302},
        {"nbf": 29.5},
        {"iat": -3_600},
        {"aud": ISSUER},
        {"aud": [TOKEN]},
        {"aud": [ISSUER, TOKEN]},
        {"header": {"typ": "JWT"}},
        {"header": {"typ": "client-authentication+jwt"}},
        {"unknown": {"a": 1}},
        {"header": {"unknown": 1, "x5t#S256": "x", "jku": "https://app.example/keys"}},
    ],
    ids=str,
)
def test_what_a_correct_client_sends_is_accepted(changed: dict[str, Any]) -> None:
    assert read(sent(**changed)).keep_until > NOW


@pytest.mark.parametrize(
    "changed",
    [
        *({name: ABSENT} for name in ("iss", "sub", "aud", "exp", "jti")),
        *({name: "another"} for name in ("iss", "sub", "aud")),
        {"exp": 0},
        {"exp": -0.5},
        {"exp": 331},
        {"exp": "soon"},
        {"exp": True},
        {"iat": 31, "exp": 60},
        {"nbf": 200, "exp": 300},
        {"nbf": "now"},
        {"aud": []},
        {"aud": [TOKEN, "https://elsewhere.example"]},
        {"aud": f"{TOKEN}/"},
        {"jti": "x" * 7},
        {"jti": "x" * 129},
        {"jti": 12_345_678},
        {"header": {"crit": ["unknown"], "unknown": 1}},
        {"header": {"kid": "another"}},
        {"header": {"typ": AGENT_KIND}},
        {"header": {"typ": "application/Carnet-Agent+jwt"}},
    ],
    ids=str,
)
def test_another_assertion_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ClientUnknown):
        read(sent(**changed))


def test_of_keys_with_the_same_id_either_may_have_signed() -> None:
    assert read(sent(), jwks(OTHER, KEY))
    with pytest.raises(ClientUnknown):
        read(sent(), jwks(OTHER))


def test_an_assertion_is_remembered_longer_than_it_may_serve() -> None:
    assert read(sent(exp=330)).keep_until > NOW + timedelta(seconds=330)
    assert read(sent()).replay_key == read(sent(exp=90)).replay_key != read(sent(jti="k" * 16)).replay_key


def test_what_is_signed_for_an_agent_serves_an_agent() -> None:
    signed = sent({"typ": f"application/{AGENT_KIND}"}, sub="accueil.12")
    assert read_agent(signed, jwks(KEY), CLIENT, AUDIENCES, NOW)[1] == "accueil.12"
