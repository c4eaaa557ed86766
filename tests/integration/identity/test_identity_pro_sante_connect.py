"""What a lying or broken provider says of a professional is not believed; a real one plays in the journeys."""

import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from chassis.settings import SettingsError
from contracts.errors import SignInRefused, SignInUnavailable
from services.identity.domain.workplaces import Confirmed
from services.identity.pro_sante_connect import ProSanteConnect

NOW = datetime.now(UTC).replace(microsecond=0)
REQUEST, BROWSER = UUID(int=7), "s" * 43
_PERSON = {"SubjectNameID": "889990000013", "SubjectRefPro": {"exercices": [{"codeProfession": "21"}]}}


class Liar:
    """A provider that says what it is told to."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k"})
        self.signs: Callable[[dict[str, Any]], str] = self._honestly
        self.described: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.person: Any = _PERSON | {"sub": "f:1"}
        self.refuses_code = False
        liar = self

        class ProviderHandler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(*liar.answer(self.path))

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self._say(*liar.answer(self.path))

            def _say(self, status: int, body: Any) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), ProviderHandler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, Any]:
        match path:
            case "/.well-known/openid-configuration":
                return 200, self._description() | self.described
            case "/keys":
                return 200, {"keys": [self.key.as_dict(private=False)]}
            case "/token" if self.refuses_code:
                return 400, {"error": "invalid_grant"}
            case "/token":
                return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self._id_token()}
            case "/userinfo":
                return 200, self.person
            case _:
                return 404, {}

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def _id_token(self) -> str:
        now = int(NOW.timestamp())
        said = {"iss": self.issuer, "aud": "carnet", "sub": "f:1", "iat": now, "exp": now + 60, "acr": "eidas1"}
        return self.signs({name: value for name, value in (said | self.claims).items() if value is not None})

    def _honestly(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


def unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def signed_with_the_public_key(liar: Liar, claims: dict[str, Any]) -> str:
    said = f"{_part({'alg': 'HS256', 'kid': 'k'})}.{_part(claims)}"
    return f"{said}.{_in_base64(hmac.digest(liar.key.as_pem(private=False), said.encode(), 'sha256'))}"


def _part(content: dict[str, Any]) -> str:
    return _in_base64(json.dumps(content).encode())


def _in_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.fixture
def liar() -> Iterator[Liar]:
    with closing(Liar()) as one:
        yield one


def relying_party(issuer: str) -> ProSanteConnect:
    return ProSanteConnect(issuer, "carnet", "un secret", "https://carnet.example/oauth/pro-sante-connect")


def begun(liar: Liar) -> ProSanteConnect:
    """A request is under way, and the provider knows its nonce."""
    party = relying_party(liar.issuer)
    asked = parse_qs(urlsplit(party.address(REQUEST, BROWSER)).query)
    liar.claims["nonce"] = asked["nonce"][0]
    return party


def test_an_honest_provider_is_believed(liar: Liar) -> None:
    confirmed = begun(liar).confirm("c", REQUEST, BROWSER, NOW)
    assert confirmed == Confirmed("889990000013", frozenset({"21"}))


def test_a_request_is_asked_as_the_provider_wants_it(liar: Liar) -> None:
    asked = parse_qs(urlsplit(relying_party(liar.issuer).address(REQUEST, BROWSER)).query)
    assert asked["scope"] == ["openid scope_all"]
    assert asked["acr_values"] == ["eidas1"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"] == [str(REQUEST)]


def test_what_belongs_to_a_request_is_another_browsers_never(liar: Liar) -> None:
    party = begun(liar)
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
def test_an_id_token_that_does_not_hold_confirms_nobody(liar: Liar, name: str, value: object) -> None:
    party = begun(liar)
    liar.claims[name] = value
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, BROWSER, NOW)


@pytest.mark.parametrize("how", ["none", "its public key as a secret", "another key"])
def test_an_id_token_that_it_has_not_signed_confirms_nobody(liar: Liar, how: str) -> None:
    party = begun(liar)
    others = Liar()
    others.close()
    ways: dict[str, Callable[[dict[str, Any]], str]] = {
        "none": unsigned,
        "another key": others.signs,
        "its public key as a secret": partial(signed_with_the_public_key, liar),
    }
    liar.signs = ways[how]
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, BROWSER, NOW)


def test_a_key_that_came_since_is_looked_for(liar: Liar) -> None:
    party = begun(liar)
    party.confirm("c", REQUEST, BROWSER, NOW)
    liar.key = RSAKey.generate_key(2048, {"kid": "l"})
    assert party.confirm("c", REQUEST, BROWSER, NOW).national_id == "889990000013"


@pytest.mark.parametrize("person", [{}, [], {"sub": "f:1"}, _PERSON, _PERSON | {"sub": "f:1", "SubjectNameID": 8}])
def test_a_person_without_what_is_needed_is_nobody(liar: Liar, person: object) -> None:
    party = begun(liar)
    liar.person = person
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, BROWSER, NOW)


def test_a_code_the_provider_does_not_know_confirms_nobody(liar: Liar) -> None:
    party = begun(liar)
    liar.refuses_code = True
    with pytest.raises(SignInRefused):
        party.confirm("c", REQUEST, BROWSER, NOW)


@pytest.mark.parametrize("described", [{"issuer": "https://ailleurs.example"}, {"jwks_uri": None}])
def test_a_description_of_another_provider_is_not_gone_by(liar: Liar, described: dict[str, object]) -> None:
    liar.described = described
    with pytest.raises(SignInUnavailable):
        relying_party(liar.issuer).address(REQUEST, BROWSER)


def test_a_provider_that_is_away_is_said_to_be(liar: Liar) -> None:
    party = begun(liar)
    liar.close()
    with pytest.raises(SignInUnavailable):
        party.confirm("c", REQUEST, BROWSER, NOW)
    with pytest.raises(SignInUnavailable):
        relying_party(liar.issuer).address(REQUEST, BROWSER)


@pytest.mark.parametrize(
    ("issuer", "client", "secret"),
    [
        ("https://psc.example", "", "f"),
        ("https://psc.example", "carnet", ""),
        ("http://psc.example", "carnet", "f"),
    ],
)
def test_a_provider_named_by_half_stops_the_start(issuer: str, client: str, secret: str) -> None:
    with pytest.raises(SettingsError):
        ProSanteConnect.of(issuer, client, secret, "https://carnet.example")


def test_a_platform_may_have_none() -> None:
    assert ProSanteConnect.of("", "", "", "https://carnet.example") is None
