"""What a lying or broken provider says of a professional is refused; the journeys use a real one."""

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
from contracts.errors.execution import SignInUnavailable
from contracts.errors.request import SignInRefused
from services.identity.domain.workplaces import Confirmed
from services.identity.pro_sante_connect import ProSanteConnect

NOW = datetime.now(UTC).replace(microsecond=0)
REQUEST, BROWSER = UUID(int=7), "s" * 43
_PERSON = {"SubjectNameID": "889990000013", "SubjectRefPro": {"exercices": [{"codeProfession": "21"}]}}


class FalseProvider:
    """A provider that answers as a test sets it up."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k"})
        self.sign_claims: Callable[[dict[str, Any]], str] = self._sign
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.person: Any = _PERSON | {"sub": "f:1"}
        self.refuses_code = False
        provider = self

        class ProviderHandler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(*provider.answer(self.path))

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self._send(*provider.answer(self.path))

            def _send(self, status: int, body: Any) -> None:
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
                return 200, self._metadata() | self.metadata
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

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def _id_token(self) -> str:
        now = int(NOW.timestamp())
        claims = {"iss": self.issuer, "aud": "carnet", "sub": "f:1", "iat": now, "exp": now + 60, "acr": "eidas1"}
        return self.sign_claims({name: value for name, value in (claims | self.claims).items() if value is not None})

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


def unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def signed_with_the_public_key(provider: FalseProvider, claims: dict[str, Any]) -> str:
    content = f"{_part({'alg': 'HS256', 'kid': 'k'})}.{_part(claims)}"
    return f"{content}.{_in_base64(hmac.digest(provider.key.as_pem(private=False), content.encode(), 'sha256'))}"


def _part(content: dict[str, Any]) -> str:
    return _in_base64(json.dumps(content).encode())


def _in_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.fixture
def provider() -> Iterator[FalseProvider]:
    with closing(FalseProvider()) as provider:
        yield provider


def relying_party(issuer: str) -> ProSanteConnect:
    return ProSanteConnect(issuer, "carnet", "un secret", "https://carnet.example/oauth/pro-sante-connect")


def begun(provider: FalseProvider) -> ProSanteConnect:
    """A relying party with a request under way, whose nonce the provider knows."""
    party = relying_party(provider.issuer)
    query = parse_qs(urlsplit(party.address(REQUEST, BROWSER)).query)
    provider.claims["nonce"] = query["nonce"][0]
    return party


def test_a_valid_answer_confirms_the_professional(provider: FalseProvider) -> None:
    confirmed = begun(provider).confirm("c", REQUEST, BROWSER, NOW)
    assert confirmed == Confirmed("889990000013", frozenset({"21"}))


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


@pytest.mark.parametrize("person", [{}, [], {"sub": "f:1"}, _PERSON, _PERSON | {"sub": "f:1", "SubjectNameID": 8}])
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
