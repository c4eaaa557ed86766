"""A stand-in for Pro Santé Connect (npm oidc-provider), and business software that logs in through it."""

import json
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from chassis.db import make_engine
from client.oauth import OAuthClient
from client.operator import OperatorClient
from contracts.identity.apps import Client, ClientKind, RegisterClient
from contracts.vocabulary import Finess, Rpps
from deploy.dev.bootstrap import PEERS
from deploy.dev.people import PROFESSIONALS, Professional
from deploy.dev.stack import Stack
from services.identity.directory import Directory, ListedProfessional, ListedStructure, import_directory
from services.identity.repositories.database import IdentityRepositories
from tests.support.ports import base_port

PORT = base_port(29_009)
ISSUER = f"http://127.0.0.1:{PORT}"
CLIENT = "carnet"
CALLBACK = "http://127.0.0.1:41234/retour"
OTHER_STRUCTURE = Finess("990000999")
"""In which only the professional of `list_in_two_structures` works."""
_SECONDS = 20
_SCRIPT = Path(__file__).parent / "peers" / "pro_sante_connect.mjs"
_ACTION = re.compile(r'action="([^"]+)"')
_XSRF = re.compile(r'name="xsrf" value="(\w+)"')
_STRUCTURE = re.compile(r'name="structure" value="(\w+)"')


@contextmanager
def provider(gateway: str, secret: str) -> Iterator[None]:
    """Run the provider during the block."""
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
    """The userinfo claims of a professional."""
    defaults = {
        "SubjectNameID": f"8{professional.rpps}",
        "SubjectRefPro": {"exercices": [{"codeProfession": professional.profession, "activities": []}]},
        "family_name": professional.family_name,
    }
    return defaults | changed


@dataclass(frozen=True)
class BusinessSoftware(OAuthClient):
    """A doctor's business software and the browser it opens."""

    redirect_uri: str = CALLBACK
    session: requests.Session = field(default_factory=requests.Session)

    def begin(self, **changed: str) -> requests.Response:
        """Answer of the authorization endpoint; redirects are not followed."""
        return self.get(f"{self.gateway}/oauth/authorize", params=self.parameters(state="etat-du-logiciel") | changed)

    def get(self, url: str, **more: Any) -> requests.Response:
        """GET in the browser, without following redirects."""
        return self.session.get(url, allow_redirects=False, timeout=_SECONDS, **more)

    def callback_address(self, claims: dict[str, Any], *, acr: str = "eidas1", error: str = "") -> str:
        """Log in at Pro Santé Connect; returns the gateway address to which it redirects."""
        return self._address_after(self.begin(), claims, acr, error)

    def address_after(self, sign_in_at: str, claims: dict[str, Any]) -> str:
        """As `callback_address`, where the browser already knows its address at Pro Santé Connect."""
        return self._address_after(self.get(sign_in_at), claims, "eidas1", "")

    def _address_after(self, answer: requests.Response, claims: dict[str, Any], acr: str, error: str) -> str:
        answer = self._followed(answer)
        if not answer.is_redirect:
            form = {"claims": json.dumps(claims), "acr": acr, "error": error}
            action = urljoin(answer.url, _ACTION.findall(answer.text)[0])
            answer = self._followed(self.session.post(action, data=form, allow_redirects=False, timeout=_SECONDS))
        return answer.headers["location"]

    def sign_in(self, claims: dict[str, Any], *, acr: str = "eidas1", error: str = "") -> requests.Response:
        """Log in at Pro Santé Connect; returns the gateway's answer after the redirect."""
        return self.get(self.callback_address(claims, acr=acr, error=error))

    def log_out_at_provider(self) -> None:
        """End the browser's session at Pro Santé Connect, which tells the gateway."""
        page = self.get(f"{ISSUER}/session/end")
        form = {"xsrf": _XSRF.findall(page.text)[0], "logout": "yes"}
        done = self.session.post(f"{ISSUER}/session/end/confirm", data=form, allow_redirects=False, timeout=_SECONDS)
        assert done.is_redirect, done.text

    def choose(self, page: requests.Response, structure: str, *, origin: str = "") -> requests.Response:
        """Submit the page that asks for the structure."""
        url = urljoin(self.gateway, _ACTION.findall(page.text)[0])
        headers = {"origin": origin or self.gateway}
        data = {"structure": structure}
        return self.session.post(url, data=data, headers=headers, allow_redirects=False, timeout=_SECONDS)

    def _followed(self, answer: requests.Response) -> requests.Response:
        while answer.is_redirect and not answer.headers["location"].startswith(f"{self.gateway}/oauth/pro"):
            answer = self.get(urljoin(answer.url, answer.headers["location"]))
        return answer


def logout_token(professional: Professional) -> str:
    """A logout token of all sessions of a professional, as of their last login."""
    answer = requests.get(f"{ISSUER}/logout-token", params={"person": f"8{professional.rpps}"}, timeout=_SECONDS)
    answer.raise_for_status()
    return answer.text


def code_in(address: str) -> str:
    """The code with which Pro Santé Connect sends a browser back."""
    return dict(parse_qsl(urlsplit(address).query))["code"]


def list_in_two_structures(platform: Stack) -> ListedProfessional:
    """Enter in the directory a pharmacist who works in two structures."""
    listed = ListedProfessional(
        rpps=Rpps("10999000010"),
        title="",
        family_name="DEUXLIEUX",
        given_names="ANNE",
        profession=PROFESSIONALS[0].profession,
        structures=(PROFESSIONALS[0].structure, OTHER_STRUCTURE),
    )
    engine = make_engine(platform.addresses.database_url("identity"), size=1)
    with engine.begin() as connection:
        structure = ListedStructure(OTHER_STRUCTURE, "MAISON DE SANTE D'AILLEURS")
        import_directory(Directory((structure,), (listed,), ()), IdentityRepositories(connection))
    engine.dispose()
    return listed


def structures_offered(page: requests.Response) -> list[str]:
    """The FINESS numbers that the page offers."""
    return _STRUCTURE.findall(page.text)


def redirect_parameters(answer: requests.Response) -> dict[str, str]:
    """The parameters of the redirect to the software."""
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(CALLBACK), answer.headers["location"]
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def register_software(operator: OperatorClient, software: str, **terms: Any) -> Client:
    """Register an OAuth client for a business software, with a new client id."""
    defaults: dict[str, Any] = {
        "client_id": f"lgc-{secrets.token_hex(6)}",
        "name": "Logiciel de cabinet",
        "publisher": "Essai SAS",
        "purpose": "Soigner",
        "kind": ClientKind.SOFTWARE,
        "redirect_uris": (CALLBACK,),
        "software": software,
    }
    return operator.register_app(RegisterClient(**defaults | terms))
