"""Third-party clients log in, read, refresh and revoke: SMART-JS, fhirclient and openid-client."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from subprocess import Popen
from typing import Any

import pytest
import requests
from fhirclient import client as smart_py
from joserfc import jwt
from joserfc.jwk import ECKey

from client.oauth import CALLBACK, SCOPES
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.identity.apps import ClientKind
from deploy.dev import people
from tests.support import pro_sante_connect
from tests.support.apps import SECONDS, Browser, allow_access, log_in_browser, register_app
from tests.support.people import Holder, activate_account, deposit_new, open_record
from tests.support.ports import free_port
from tests.support.public_clients import node, read_json_line, read_output_line, run_node, send_line
from tests.support.staff import AGENT

DOCUMENTS = "openid fhirUser offline_access launch/patient patient/DocumentReference.rs"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    found = open_record(demo)
    activate_account(demo, found)
    deposit_new(demo, found)
    return found


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
        result = launch(demo, holder, process, port)
    assert result["before"].pop("token") != result["after"].pop("token")
    assert result["before"] == result["after"]
    assert result["after"]["family"] == holder.patient.family_name
    assert len(result["after"]["documents"]) == 1
    assert result["user"] == f"Patient/{holder.record}"
    assert result["family"] == holder.patient.family_name


def test_smart_js_with_a_key_logs_in_but_does_not_refresh(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder
) -> None:
    """It refreshes without client authentication, which SMART App Launch 2.2 requires of a client with a key."""
    key, port = ECKey.generate_key("P-384", {"kid": "k"}), free_port()
    terms = {"redirect_uris": (f"http://127.0.0.1:{port}/callback",), "keys": public_keys(key)}
    client = register_app(operator_client, kind=ClientKind.CONFIDENTIAL, **terms)
    private = json.dumps({**key.as_dict(private=True), "alg": "ES384"})
    with node("smart_app.js", f"{demo.gateway}/fhir", client.client_id, SCOPES, str(port), private) as process:
        result = launch(demo, holder, process, port)
    assert result["before"]["family"] == holder.patient.family_name
    assert result["after"] == 401


def launch(demo: DemoPeople, holder: Holder, process: Popen[str], port: int) -> dict[str, Any]:
    """What the app shows after the holder has allowed everything."""
    assert read_output_line(process) == "ready"
    launched = requests.get(f"http://127.0.0.1:{port}/launch", allow_redirects=False, timeout=SECONDS)
    answer = requests.get(consent_redirect(demo, holder, launched.headers["location"]), timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


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


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "k"})


def public_keys(key: ECKey) -> str:
    return json.dumps({"keys": [key.as_dict(private=False)]})


def run_openid(demo: DemoPeople, holder: Holder, **job: Any) -> dict[str, Any]:
    """What openid-client gets after the holder has allowed everything."""
    with node("openid_app.mjs") as process:
        send_line(process, json.dumps({"issuer": demo.gateway, "redirectUri": CALLBACK, "scope": DOCUMENTS} | job))
        send_line(process, consent_redirect(demo, holder, read_output_line(process)))
        return read_json_line(process)


def check_used(result: dict[str, Any], subject: str, token_type: str) -> None:
    """The tokens were used as far as they go, and then revoked."""
    assert (result["patient"], result["type"], result["read"]) == (subject, token_type, 200)
    assert (result["during"]["active"], result["ofRefresh"]["active"], result["ofAnother"]) == (True, True, False)
    assert result["during"]["client_id"] == result["ofRefresh"]["client_id"]
    challenges = {each["scheme"]: each["parameters"].get("error") for each in result["readByAnother"]["challenges"]}
    assert challenges == {"bearer": "invalid_token", "dpop": "invalid_token"}
    assert (result["after"], result["refreshed"], result["sameMetadata"]) == (False, "invalid_grant", True)


def test_a_certified_openid_client_without_a_key_uses_and_revokes_its_tokens(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder
) -> None:
    client_id = register_app(operator_client).client_id
    check_used(run_openid(demo, holder, clientId=client_id), holder.record, "bearer")
    repeated = run_openid(demo, holder, clientId=client_id, repeat=True)
    assert (repeated["repeated"], repeated["afterwards"]) == ("invalid_grant", "invalid_grant")


@pytest.mark.parametrize(("bound", "token_type"), [(False, "bearer"), (True, "dpop")])
def test_a_certified_openid_client_with_its_own_key_may_repeat_a_refresh(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, bound: bool, token_type: str
) -> None:
    key = new_key()
    client = register_app(operator_client, kind=ClientKind.CONFIDENTIAL, keys=public_keys(key))
    own = {"clientId": client.client_id, "jwk": key.as_dict(private=True), "bound": bound}
    result = run_openid(demo, holder, **own, repeat=True)
    assert (result["repeated"], result["afterwards"]) == ("issued", "invalid_grant")
    result = run_openid(demo, holder, **own)
    assert result["subject"] == holder.record
    assert "DocumentReference" in result["scope"]
    check_used(result, holder.record, token_type)


@pytest.mark.usefixtures("pro_sante_connect_provider")
@pytest.mark.parametrize("has_key", [False, True])
def test_business_software_built_on_the_openid_client_logs_a_doctor_in(
    demo: DemoPeople, operator_client: OperatorClient, has_key: bool
) -> None:
    key, doctor = new_key(), people.PROFESSIONALS[0]
    terms = {"keys": public_keys(key)} if has_key else {}
    client = pro_sante_connect.register_software(operator_client, people.SOFTWARE[0].number, **terms)
    software = pro_sante_connect.BusinessSoftware(demo.gateway, client.client_id)
    job = {"issuer": demo.gateway, "clientId": client.client_id, "redirectUri": pro_sante_connect.CALLBACK}
    with node("openid_app.mjs") as process:
        send_line(process, json.dumps(job | ({"jwk": key.as_dict(private=True)} if has_key else {})))
        address = read_output_line(process)
        back = software.get(software.address_after(address, pro_sante_connect.claims_of(doctor)))
        send_line(process, back.headers["location"])
        result = read_json_line(process)
    assert result["during"]["sub"] == result["ofRefresh"]["sub"] == doctor.rpps
    assert (result["read"], result["after"], result["refreshed"]) == (200, False, "invalid_grant")


def test_a_certified_openid_client_gets_tokens_without_a_browser(
    demo: DemoPeople, operator_client: OperatorClient
) -> None:
    """By a card's assertion, an organisation's for its agent, and a back end's own key.

    The client always names itself in the body, where `client_id` is the organisation's (RFC 7521, 4.1 makes it
    optional): for a card it is told to leave the name out.
    """
    key, organisation = new_key(), f"org-{secrets.token_hex(4)}"
    common = {"redirect_uris": (), "scopes": "", "keys": public_keys(key)}
    register_app(operator_client, client_id=organisation, kind=ClientKind.ORGANISATION, **common)
    feeder = register_app(operator_client, kind=ClientKind.FEEDER, **common).client_id
    private = key.as_dict(private=True)
    claims = {
        "iss": organisation,
        "sub": AGENT.partition(":")[2],
        "aud": f"{demo.gateway}/oauth/token",
        "exp": int((datetime.now(UTC) + timedelta(seconds=60)).timestamp()),
        "jti": secrets.token_hex(8),
    }
    signed = jwt.encode({"alg": "ES256", "kid": "k", "typ": "carnet-agent+jwt"}, claims, key, algorithms=["ES256"])
    grants = [
        {"assertion": demo.cps_assertion("hospital")},
        {"clientId": organisation, "assertion": signed},
        {"clientId": feeder, "jwk": private},
        {"clientId": organisation, "assertion": signed},
        {"clientId": organisation, "jwk": private},
    ]
    *granted, replayed, unauthorised = run_node("openid_grants.mjs", {"issuer": demo.gateway, "grants": grants})
    assert [(each["type"], each["seconds"]) for each in granted] == [("bearer", 600)] * 3
    assert (replayed["refused"], unauthorised["refused"]) == (401, "unauthorized_client")


def test_fhirclient_for_python_gets_a_token_by_a_back_ends_key(
    demo: DemoPeople, operator_client: OperatorClient
) -> None:
    """It sends the assertion that its caller signed, and its default scope, which grants nothing here."""
    key = new_key()
    feeder = register_app(
        operator_client, kind=ClientKind.FEEDER, redirect_uris=(), scopes="", keys=public_keys(key)
    ).client_id
    claims = {
        "iss": feeder,
        "sub": feeder,
        "aud": f"{demo.gateway}/oauth/token",
        "exp": int((datetime.now(UTC) + timedelta(seconds=60)).timestamp()),
        "jti": secrets.token_hex(8),
    }
    signed = jwt.encode({"alg": "ES256", "kid": "k"}, claims, key, algorithms=["ES256"])
    settings = {"app_id": feeder, "api_base": f"{demo.gateway}/fhir", "jwt_token": signed}
    smart = smart_py.FHIRClient(settings=settings)
    smart.prepare()
    smart.authorize()
    assert smart.ready
