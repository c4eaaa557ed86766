"""The authorization server, whose pages no OpenAPI describes, asked fifteen hundred kinds of nonsense."""

import random
from collections.abc import Callable

import pytest
import requests

from cli.demo.people import DemoPeople
from cli.operator import OperatorClient
from deploy.dev import people
from tests.support import apps, pro_sante_connect

_REQUESTS, _SECONDS = 1_500, 20
_NOBODYS = "/oauth/authorize/00000000-0000-0000-0000-000000000001"
_SHOWN = ("/oauth/authorize", "/oauth/pro-sante-connect")
_SENT = (
    *("/oauth/authorize", "/oauth/token", "/oauth/par", "/oauth/revoke", "/oauth/introspect"),
    *(f"{_NOBODYS}/{page}" for page in ("login", "passkey", "decision", "structure")),
)
_NAMES = (
    *("client_id", "redirect_uri", "response_type", "state", "scope", "code_challenge", "code_challenge_method"),
    *("aud", "nonce", "prompt", "response_mode", "request_uri", "code", "error", "grant_type", "assertion"),
    *("code_verifier", "refresh_token", "client_assertion", "client_assertion_type", "token", "structure"),
    *("identifier", "password", "by", "answer", "patient", "section", "credential"),
)
_NONSENSE = tuple(
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

Sent = dict[str, bytes]


@pytest.fixture
def sensible(demo: DemoPeople, operator_client: OperatorClient) -> dict[str, tuple[bytes, ...]]:
    """Values with which a request gets further than the first check."""
    app = apps.register(operator_client).client_id
    software = pro_sante_connect.register(operator_client, people.FULL_SOFTWARE.number).client_id
    found = {
        "client_id": (app, software),
        "redirect_uri": (apps.CALLBACK, pro_sante_connect.CALLBACK),
        "response_type": ("code",),
        "code_challenge": ("A" * 43,),
        "code_challenge_method": ("S256",),
        "aud": (f"{demo.gateway}/fhir",),
        "grant_type": ("authorization_code", "refresh_token", "client_credentials"),
        "scope": (apps.SCOPES,),
    }
    return {name: tuple(value.encode() for value in values) for name, values in found.items()}


def fields(chance: random.Random, sensible: dict[str, tuple[bytes, ...]]) -> Sent:
    """Some fields, about half of them with a value that makes sense."""

    def value(name: str) -> bytes:
        return chance.choice(sensible.get(name, _NONSENSE) if chance.random() < 0.6 else _NONSENSE)

    return {name: value(name) for name in chance.sample(_NAMES, chance.randint(1, 10))}


def test_every_answer_is_in_our_words_and_none_is_a_fault(
    demo: DemoPeople, sensible: dict[str, tuple[bytes, ...]], psc: None
) -> None:
    chance, browser = random.Random(20261128), requests.Session()
    ways: tuple[tuple[tuple[str, ...], Callable[..., requests.Response], str], ...] = (
        (_SHOWN, browser.get, "params"),
        (_SENT, browser.post, "data"),
    )
    faults = []
    for _ in range(_REQUESTS):
        paths, ask, where = chance.choice(ways)
        path, sent = chance.choice(paths), fields(chance, sensible)
        headers = {"origin": demo.gateway, "dpop": "a.b.c"} if chance.random() < 0.5 else {}
        answer = ask(
            f"{demo.gateway}{path}", headers=headers, allow_redirects=False, timeout=_SECONDS, **{where: sent}
        )
        if answer.status_code >= 500:
            faults.append((path, sent, answer.status_code))
    assert faults == []
