"""OAuth clients: authorization requests with PKCE, tokens, FHIR reads of an app."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

import requests

from client.fhir import FhirClient

CALLBACK = "https://app.example/retour"
"""Where no server answers: the code is read from the redirect."""
SCOPES = "launch/patient openid fhirUser offline_access patient/*.rs"
_SECONDS = 20


@dataclass(frozen=True)
class OAuthClient:
    """An OAuth client with one PKCE verifier.

    Its answers are those of HTTP: the authorization server refuses by RFC 6749, not by the API's codes.
    """

    gateway: str
    client_id: str
    redirect_uri: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def parameters(self, **changed: str) -> dict[str, str]:
        """The authorization request; a value changed to "" omits the parameter."""
        challenge = urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        defaults = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "aud": f"{self.gateway}/fhir",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (defaults | changed).items() if value}

    def post(self, endpoint: str, form: dict[str, str], **headers: str) -> requests.Response:
        """Answer of /oauth/{endpoint}."""
        return requests.post(f"{self.gateway}/oauth/{endpoint}", data=form, headers=headers, timeout=_SECONDS)

    def token(self, **form: str) -> requests.Response:
        """Answer of the token endpoint."""
        return self.post("token", {"client_id": self.client_id} | form)

    def redeem(self, code: str, **changed: str) -> requests.Response:
        """Exchange a code; a value changed to "" omits the field."""
        form = self.exchange_of(code) | changed
        return self.token(**{name: value for name, value in form.items() if value})

    def exchange_of(self, code: str) -> dict[str, str]:
        """The form that exchanges a code, but for the client."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }

    def refresh(self, token: str, **changed: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=token, **changed)


@dataclass(frozen=True)
class SmartApp(OAuthClient):
    """A patient's app by SMART on FHIR, with one state."""

    redirect_uri: str = CALLBACK
    state: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def parameters(self, **changed: str) -> dict[str, str]:
        """As of any client, with scopes, state and nonce."""
        return super().parameters(**{"scope": SCOPES, "state": self.state, "nonce": "n-0S6_WzA2Mj"} | changed)

    def read(self, path: str, token: str) -> requests.Response:
        """Answer of the FHIR API below /fhir."""
        return FhirClient(self.gateway, token).get(path)
