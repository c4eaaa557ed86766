"""Other people's clients come in, read, refresh and read again: SMART-JS, fhirclient and fhirpy, openid-client."""

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from fhirclient import client as smart_py
from fhirpy import SyncFHIRClient
from joserfc.jwk import ECKey

from cli.demo.people import DemoPeople
from cli.operator import OperatorClient
from contracts.identity import ClientKind
from deploy.dev.bootstrap import PEERS
from tests.support.apps import (
    CALLBACK,
    SCOPES,
    SECONDS,
    Browser,
    SmartApp,
    allow,
    authorized,
    granted,
    log_in,
    register,
)
from tests.support.people import Holder, activate, deposited, open_record

_PEERS = Path(__file__).parents[1] / "support" / "peers"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    found = open_record(demo)
    activate(demo, found)
    deposited(demo, found)
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def node(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = ("node", str(_PEERS / script), str(PEERS), *arguments)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(SECONDS)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def consented(demo: DemoPeople, holder: Holder, address: str) -> str:
    """Where the browser of a patient who allows everything comes back to."""
    browser = Browser(demo.gateway)
    browser.open(address)
    log_in(demo, holder, browser)
    return allow(browser).headers["location"]


def test_smart_js_launches_reads_refreshes_and_reads_again(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder
) -> None:
    port = free_port()
    callback = f"http://127.0.0.1:{port}/callback"
    client = register(operator_client, redirect_uris=(callback,))
    with node("smart_app.js", f"{demo.gateway}/fhir", client.client_id, SCOPES, str(port)) as process:
        assert said(process) == "ready"
        launched = requests.get(f"http://127.0.0.1:{port}/launch", allow_redirects=False, timeout=SECONDS)
        back = consented(demo, holder, launched.headers["location"])
        answer = requests.get(back, timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["before"].pop("token") != told["after"].pop("token")
    assert told["before"] == told["after"]
    assert told["after"]["family"] == holder.patient.family_name
    assert len(told["after"]["documents"]) == 1
    assert told["user"].endswith(f"Patient/{holder.record}")


def test_fhirclient_for_python_reads_what_it_was_allowed(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder
) -> None:
    client = register(operator_client)
    smart = smart_py.FHIRClient(
        settings={
            "app_id": client.client_id,
            "api_base": f"{demo.gateway}/fhir",
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
        }
    )
    back = consented(demo, holder, smart.authorize_url)
    smart.handle_callback(back)
    assert smart.patient.name[0].family == holder.patient.family_name
    before = smart.server.auth.refresh_token
    smart.reauthorize()
    assert smart.server.auth.refresh_token != before
    found = smart.server.request_json(f"DocumentReference?patient={holder.record}&status=current")
    assert len(found["entry"]) == 1


def test_fhirpy_reads_what_it_was_allowed(demo: DemoPeople, operator_client: OperatorClient, holder: Holder) -> None:
    app = SmartApp(demo.gateway, register(operator_client).client_id)
    tokens = granted(app.redeem(authorized(demo, holder, app)))
    client = SyncFHIRClient(f"{demo.gateway}/fhir", authorization=f"Bearer {tokens['access_token']}")
    found = client.resources("DocumentReference").search(patient=holder.record, status="current").fetch_all()
    assert len(found) == 1
    assert found[0].get_by_path(["subject", "reference"]) == f"Patient/{holder.record}"
    assert client.reference("Patient", holder.record).to_resource()["birthDate"] == "1985-07-14"


@pytest.mark.parametrize(("bound", "token_type"), [((), "bearer"), (("bound",), "dpop")])
def test_a_certified_openid_client_with_a_key_of_its_own_is_served(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, bound: tuple[str, ...], token_type: str
) -> None:
    key = ECKey.generate_key("P-256", {"kid": "k"})
    keys = json.dumps({"keys": [key.as_dict(private=False)]})
    client = register(operator_client, kind=ClientKind.CONFIDENTIAL, keys=keys)
    private = json.dumps(key.as_dict(private=True))
    with node("openid_app.mjs", demo.gateway, client.client_id, CALLBACK, private, *bound) as process:
        back = consented(demo, holder, said(process))
        assert process.stdin is not None
        process.stdin.write(f"{back}\n")
        process.stdin.flush()
        told = json.loads(said(process))
    assert told["subject"] == holder.record
    assert (told["during"], told["after"]) == (True, False)
    assert "DocumentReference" in told["scope"]
    assert (told["type"], told["read"]) == (token_type, 200)
