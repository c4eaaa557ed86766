"""Third-party clients log in, read and refresh: SMART-JS, fhirclient, fhirpy and openid-client."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from fhirclient import client as smart_py
from fhirpy import SyncFHIRClient
from joserfc.jwk import ECKey

from client.oauth import CALLBACK, SCOPES, SmartApp
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.identity.apps import ClientKind
from deploy.dev.bootstrap import PEERS
from tests.support.apps import (
    SECONDS,
    Browser,
    allow_access,
    authorization_code,
    log_in_browser,
    register_app,
    tokens_in,
)
from tests.support.people import Holder, activate_account, deposit_new, open_record
from tests.support.ports import free_port

_PEERS = Path(__file__).parents[1] / "support" / "peers"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    found = open_record(demo)
    activate_account(demo, found)
    deposit_new(demo, found)
    return found


@contextmanager
def node(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = ("node", str(_PEERS / script), str(PEERS), *arguments)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(SECONDS)


def read_output_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def consent_redirect(demo: DemoPeople, holder: Holder, address: str) -> str:
    """The redirect of a patient who logs in and allows everything."""
    browser = Browser(demo.gateway)
    browser.open(address)
    log_in_browser(demo, holder, browser)
    return allow_access(browser).headers["location"]


def test_smart_js_launches_reads_refreshes_and_reads_again(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder
) -> None:
    port = free_port()
    callback = f"http://127.0.0.1:{port}/callback"
    client = register_app(operator_client, redirect_uris=(callback,))
    with node("smart_app.js", f"{demo.gateway}/fhir", client.client_id, SCOPES, str(port)) as process:
        assert read_output_line(process) == "ready"
        launched = requests.get(f"http://127.0.0.1:{port}/launch", allow_redirects=False, timeout=SECONDS)
        back = consent_redirect(demo, holder, launched.headers["location"])
        answer = requests.get(back, timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert result["before"].pop("token") != result["after"].pop("token")
    assert result["before"] == result["after"]
    assert result["after"]["family"] == holder.patient.family_name
    assert len(result["after"]["documents"]) == 1
    assert result["user"].endswith(f"Patient/{holder.record}")


def test_fhirclient_for_python_reads_and_refreshes(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder
) -> None:
    client = register_app(operator_client)
    smart = smart_py.FHIRClient(
        settings={
            "app_id": client.client_id,
            "api_base": f"{demo.gateway}/fhir",
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
        }
    )
    back = consent_redirect(demo, holder, smart.authorize_url)
    smart.handle_callback(back)
    assert smart.patient.name[0].family == holder.patient.family_name
    before = smart.server.auth.refresh_token
    smart.reauthorize()
    assert smart.server.auth.refresh_token != before
    found = smart.server.request_json(f"DocumentReference?patient={holder.record}&status=current")
    assert len(found["entry"]) == 1


def test_fhirpy_reads(demo: DemoPeople, operator_client: OperatorClient, holder: Holder) -> None:
    app = SmartApp(demo.gateway, register_app(operator_client).client_id)
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    client = SyncFHIRClient(f"{demo.gateway}/fhir", authorization=f"Bearer {tokens['access_token']}")
    found = client.resources("DocumentReference").search(patient=holder.record, status="current").fetch_all()
    assert len(found) == 1
    assert found[0].get_by_path(["subject", "reference"]) == f"Patient/{holder.record}"
    assert client.reference("Patient", holder.record).to_resource()["birthDate"] == "1985-07-14"


@pytest.mark.parametrize(("bound", "token_type"), [((), "bearer"), (("bound",), "dpop")])
def test_a_certified_openid_client_with_its_own_key_completes_all_requests(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, bound: tuple[str, ...], token_type: str
) -> None:
    key = ECKey.generate_key("P-256", {"kid": "k"})
    keys = json.dumps({"keys": [key.as_dict(private=False)]})
    client = register_app(operator_client, kind=ClientKind.CONFIDENTIAL, keys=keys)
    private = json.dumps(key.as_dict(private=True))
    with node("openid_app.mjs", demo.gateway, client.client_id, CALLBACK, private, *bound) as process:
        back = consent_redirect(demo, holder, read_output_line(process))
        assert process.stdin is not None
        process.stdin.write(f"{back}\n")
        process.stdin.flush()
        result = json.loads(read_output_line(process))
    assert result["subject"] == holder.record
    assert (result["during"], result["after"]) == (True, False)
    assert "DocumentReference" in result["scope"]
    assert (result["type"], result["read"]) == (token_type, 200)
