"""Pro Santé Connect as tests play it: a certified OpenID provider, and a professional's browser."""

import json
import re
import secrets
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from cli.operator import OperatorClient
from contracts.identity import Client, ClientKind, RegisterClient
from deploy.dev.bootstrap import PEERS
from deploy.dev.people import Professional

PORT = 29_003
ISSUER = f"http://127.0.0.1:{PORT}"
CLIENT = "carnet"
CALLBACK = "http://127.0.0.1:41234/retour"
_SECONDS = 20
_SCRIPT = Path(__file__).parent / "peers" / "pro_sante_connect.mjs"
_ACTION = re.compile(r'action="([^"]+)"')
_PLACE = re.compile(r'name="structure" value="(\w+)"')


@contextmanager
def provider(gateway: str, secret: str) -> Iterator[None]:
    """The provider, until the end of the block."""
    arguments = (str(PEERS), str(PORT), CLIENT, secret, f"{gateway}/oauth/pro-sante-connect")
    process = subprocess.Popen(("node", str(_SCRIPT), *arguments), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == "ready"
        yield
    finally:
        process.kill()
        process.wait(_SECONDS)


def claims_of(professional: Professional, **changed: Any) -> dict[str, Any]:
    """What userinfo says of a professional."""
    said = {
        "SubjectNameID": f"8{professional.rpps}",
        "SubjectRefPro": {"exercices": [{"codeProfession": professional.profession, "activities": []}]},
        "family_name": professional.family_name,
    }
    return said | changed


@dataclass(frozen=True)
class DeskSoftware:
    """Business software on a doctor's desk, and the browser it opens."""

    gateway: str
    client_id: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    session: requests.Session = field(default_factory=requests.Session)

    def begin(self, **changed: str) -> requests.Response:
        """The browser is sent to the authorization endpoint; not followed further."""
        challenge = urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        said = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "state": "etat-du-logiciel",
            "aud": f"{self.gateway}/fhir",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return self.get(f"{self.gateway}/oauth/authorize", params=said | changed)

    def get(self, url: str, **more: Any) -> requests.Response:
        """One step of the browser."""
        return self.session.get(url, allow_redirects=False, timeout=_SECONDS, **more)

    def way_back(self, claims: dict[str, Any], *, acr: str = "eidas1", error: str = "") -> str:
        """The address Pro Santé Connect sends the browser back to, after a login there if it asks for one."""
        answer = self._followed(self.begin())
        if not answer.is_redirect:
            form = {"claims": json.dumps(claims), "acr": acr, "error": error}
            action = urljoin(answer.url, _ACTION.findall(answer.text)[0])
            answer = self._followed(self.session.post(action, data=form, allow_redirects=False, timeout=_SECONDS))
        return answer.headers["location"]

    def sign_in(self, claims: dict[str, Any], *, acr: str = "eidas1", error: str = "") -> requests.Response:
        """The answer the browser gets when it comes back from there."""
        return self.get(self.way_back(claims, acr=acr, error=error))

    def choose(self, page: requests.Response, structure: str, *, origin: str = "") -> requests.Response:
        """Send the page of places of work."""
        url = urljoin(self.gateway, _ACTION.findall(page.text)[0])
        headers = {"origin": origin or self.gateway}
        data = {"structure": structure}
        return self.session.post(url, data=data, headers=headers, allow_redirects=False, timeout=_SECONDS)

    def token(self, **form: str) -> requests.Response:
        """The token endpoint's answer."""
        said = {"client_id": self.client_id} | form
        return requests.post(f"{self.gateway}/oauth/token", data=said, timeout=_SECONDS)

    def redeem(self, code: str, **changed: str) -> requests.Response:
        """The token endpoint's answer to a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }
        return self.token(**(form | changed))

    def refresh(self, token: str) -> requests.Response:
        """The token endpoint's answer to a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=token)

    def _followed(self, answer: requests.Response) -> requests.Response:
        while answer.is_redirect and not answer.headers["location"].startswith(f"{self.gateway}/oauth/pro"):
            answer = self.get(urljoin(answer.url, answer.headers["location"]))
        return answer


def places_in(page: requests.Response) -> list[str]:
    """The structures a page offers."""
    return _PLACE.findall(page.text)


def told(answer: requests.Response) -> dict[str, str]:
    """What the software is told when its browser comes back."""
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(CALLBACK), answer.headers["location"]
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def register(operator: OperatorClient, software: str, **terms: Any) -> Client:
    """A software the operator has just given a door for browsers, under a name of its own."""
    said: dict[str, Any] = {
        "client_id": f"lgc-{secrets.token_hex(6)}",
        "name": "Logiciel de cabinet",
        "publisher": "Essai SAS",
        "purpose": "Soigner",
        "kind": ClientKind.SOFTWARE,
        "redirect_uris": (CALLBACK,),
        "software": software,
    }
    return operator.post("/operator/apps", RegisterClient(**said | terms), Client)
