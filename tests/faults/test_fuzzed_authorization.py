"""Fuzzes the authorization server, whose pages no OpenAPI document describes: 1500 seeded requests."""

import random
from collections.abc import Callable

import pytest
import requests

from client import oauth
from client.operator import OperatorClient
from client.people import DemoPeople
from deploy.dev import people
from tests.support import apps, pro_sante_connect

_REQUESTS, _SECONDS = 1_500, 20
_UNKNOWN_REQUEST = "/oauth/authorize/00000000-0000-0000-0000-000000000001"
_GET_PATHS = ("/oauth/authorize", "/oauth/pro-sante-connect")
_POST_PATHS = (
    *("/oauth/authorize", "/oauth/token", "/oauth/par", "/oauth/revoke", "/oauth/introspect"),
    "/oauth/pro-sante-connect/logout",
    *(f"{_UNKNOWN_REQUEST}/{page}" for page in ("login", "passkey", "decision", "structure")),
)
_NAMES = (
    *("client_id", "redirect_uri", "response_type", "state", "scope", "code_challenge", "code_challenge_method"),
    *("aud", "nonce", "prompt", "response_mode", "request_uri", "code", "error", "grant_type", "assertion"),
    *("code_verifier", "refresh_token", "client_assertion", "client_assertion_type", "token", "structure"),
    *("identifier", "password", "by", "answer", "patient", "section", "credential", "logout_token"),
)
_INVALID_VALUES = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *(
            "",
            "a",
            "\0",
            "é",
            "\ud800",
            "𝕏" * 5,
            "x" * 5_000,
            "../..",
            "%00",
            "'\"",
            "<script>",
            "\u202e",
            "\r\nx: y",
        ),
        *("0", "-1", "1e999", "null", "true", "{}", "[]", "İ", "S256", "code", "openid", "urn:x", "a.b.c"),
        "00000000-0000-0000-0000-000000000000",
    )
)

Fields = dict[str, bytes]


@pytest.fixture
def valid_values(demo: DemoPeople, operator_client: OperatorClient) -> dict[str, tuple[bytes, ...]]:
    """Field name -> values with which a request passes the first checks."""
    app = apps.register_app(operator_client).client_id
    software = pro_sante_connect.register_software(operator_client, people.FULL_SOFTWARE.number).client_id
    found = {
        "client_id": (app, software),
        "redirect_uri": (oauth.CALLBACK, pro_sante_connect.CALLBACK),
        "response_type": ("code",),
        "code_challenge": ("A" * 43,),
        "code_challenge_method": ("S256",),
        "aud": (f"{demo.gateway}/fhir",),
        "grant_type": ("authorization_code", "refresh_token", "client_credentials"),
        "scope": (oauth.SCOPES,),
    }
    return {name: tuple(value.encode() for value in values) for name, values in found.items()}


def random_fields(chance: random.Random, valid_values: dict[str, tuple[bytes, ...]]) -> Fields:
    """One to ten random fields; a value is valid with a probability of 0.6 where a valid one is known."""

    def value(name: str) -> bytes:
        return chance.choice(valid_values.get(name, _INVALID_VALUES) if chance.random() < 0.6 else _INVALID_VALUES)

    return {name: value(name) for name in chance.sample(_NAMES, chance.randint(1, 10))}


def test_fuzzed_requests_never_cause_a_server_error(
    demo: DemoPeople, valid_values: dict[str, tuple[bytes, ...]], pro_sante_connect_provider: None
) -> None:
    chance, browser = random.Random(20261128), requests.Session()
    targets: tuple[tuple[tuple[str, ...], Callable[..., requests.Response], str], ...] = (
        (_GET_PATHS, browser.get, "params"),
        (_POST_PATHS, browser.post, "data"),
    )
    errors = []
    for _ in range(_REQUESTS):
        paths, send, where = chance.choice(targets)
        path, sent = chance.choice(paths), random_fields(chance, valid_values)
        headers = {"origin": demo.gateway, "dpop": "a.b.c"} if chance.random() < 0.5 else {}
        answer = send(
            f"{demo.gateway}{path}", headers=headers, allow_redirects=False, timeout=_SECONDS, **{where: sent}
        )
        if answer.status_code >= 500:
            errors.append((path, sent, answer.status_code))
    assert errors == []
