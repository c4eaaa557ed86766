"""An OpenID provider that answers, and signs, whatever a test has it say."""

import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from services.identity.pro_sante_connect import ProSanteConnect

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
PERSON = {"SubjectNameID": "889990000013", "SubjectRefPro": {"exercices": [{"codeProfession": "21"}]}}


class FalseProvider:
    """A provider that answers as a test sets it up."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k"})
        self.sign_claims: Callable[[dict[str, Any]], str] = self._sign
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.person: Any = PERSON | {"sub": "f:1"}
        self.refuses_code = False
        self.now = NOW
        self.asked: list[str] = []
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
        self.asked.append(path)
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

    def logout_token(self, **changed: Any) -> str:
        """A logout token; a claim that is changed to None is left out."""
        now = int(self.now.timestamp())
        claims = {"iss": self.issuer, "aud": "carnet", "iat": now, "exp": now + 120, "jti": token_hex(8)}
        claims |= {"sub": "f:1", "events": {LOGOUT_EVENT: {}}} | changed
        return self.sign_claims({name: value for name, value in claims.items() if value is not None})

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def _id_token(self) -> str:
        now = int(self.now.timestamp())
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


def relying_party(issuer: str) -> ProSanteConnect:
    return ProSanteConnect(issuer, "carnet", "un secret", "https://carnet.example/oauth/pro-sante-connect")
