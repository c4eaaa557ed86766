"""The development stand-in for Pro Santé Connect confirms a test professional to identity, as the provider does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
import requests

from contracts.errors.request import SignInRefused
from contracts.identity.workplaces import CALLBACK_PATH
from deploy.dev.addresses import Addresses
from deploy.dev.credentials import load_or_create
from deploy.dev.external import ExternalServers
from deploy.dev.paths import Layout
from deploy.dev.people import PROFESSIONALS
from deploy.dev.plan import Plan
from deploy.dev.ports import ports_from
from deploy.dev.pro_sante_connect.provider import CLIENT
from deploy.dev.processes import Processes
from services.identity.pro_sante_connect import ProSanteConnect

BASE_PORT = 28660
PART = "pro-sante-connect"
BROWSER, REQUEST = "b" * 43, uuid4()
PERSON = PROFESSIONALS[1]


@dataclass(frozen=True)
class StandInLogin:
    """A login of identity at the stand-in, up to the address with which the browser comes back."""

    identity: ProSanteConnect

    def choose(self, person: str) -> dict[str, str]:
        """Choose a person on its page; returns the parameters of the redirect."""
        address = self.identity.address(REQUEST, BROWSER)
        page = requests.get(address, timeout=10)
        assert page.status_code == 200
        action = unescape(re.findall(r'action="([^"]+)"', page.text)[0])
        url = f"{self.identity.issuer}{action}"
        answer = requests.post(url, data={"person": person}, allow_redirects=False, timeout=10)
        assert answer.headers["location"].startswith(f"{self.identity.redirect_uri}?")
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInLogin]:
    layout = Layout(tmp_path_factory.mktemp("provider"))
    layout.prepare()
    addresses = Addresses(layout, ports_from(BASE_PORT), load_or_create(layout.credentials), ExternalServers())
    addresses.keys.prepare()
    processes = Processes(layout)
    try:
        Plan(addresses, processes).launch(PART)
        yield StandInLogin(relying_party(addresses))
    finally:
        processes.stop_all()


def relying_party(addresses: Addresses) -> ProSanteConnect:
    secret: Path = addresses.keys.pro_sante_connect
    found = ProSanteConnect.of(addresses.url(PART), CLIENT, str(secret), addresses.url("gateway"))
    assert found is not None and found.redirect_uri.endswith(CALLBACK_PATH)
    return found


def test_the_chosen_professional_is_confirmed(login: StandInLogin) -> None:
    back = login.choose(PERSON.name)
    assert (back["state"], back["iss"]) == (str(REQUEST), login.identity.issuer)
    confirmed = login.identity.confirm(back["code"], REQUEST, BROWSER, datetime.now(UTC))
    assert (confirmed.national_id, confirmed.professions) == (f"8{PERSON.rpps}", frozenset({PERSON.profession}))


def test_a_code_serves_once_and_only_in_the_browser_that_asked(login: StandInLogin) -> None:
    with pytest.raises(SignInRefused):
        login.identity.confirm(login.choose(PERSON.name)["code"], REQUEST, "c" * 43, datetime.now(UTC))
    code = login.choose(PERSON.name)["code"]
    login.identity.confirm(code, REQUEST, BROWSER, datetime.now(UTC))
    with pytest.raises(SignInRefused):
        login.identity.confirm(code, REQUEST, BROWSER, datetime.now(UTC))


@pytest.mark.parametrize("person", ["", "inconnu"])
def test_who_chooses_nobody_is_logged_in_as_nobody(login: StandInLogin, person: str) -> None:
    assert login.choose(person)["error"] == "access_denied"


def test_only_identity_is_its_client(login: StandInLogin) -> None:
    for changed in ({"client_id": "autre"}, {"redirect_uri": "https://ailleurs.example"}):
        query = {"client_id": CLIENT, "redirect_uri": login.identity.redirect_uri} | changed
        assert requests.get(f"{login.identity.issuer}/authorize", params=query, timeout=10).status_code == 400
