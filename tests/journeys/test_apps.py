"""A partner app reads what its patient allowed, until the patient or the operator ends it."""

import json
import re
from html import unescape

import pytest

from client.oauth import SmartApp
from client.operator import OperatorClient
from client.patient import PatientClient
from client.people import DemoPeople
from contracts.identity.apps import Client
from contracts.scopes import SECTIONS_SYSTEM
from tests.support.apps import (
    Browser,
    allow_access,
    authorization_code,
    log_in_browser,
    redirect_parameters,
    register_app,
    tokens_in,
)
from tests.support.journal_and_notices import expect_notices, wait_for_line
from tests.support.passkeys import Device
from tests.support.people import Holder, activate_account, deposit_new, open_record
from tests.support.waiting import wait_until


@pytest.fixture
def client(operator_client: OperatorClient) -> Client:
    return register_app(operator_client)


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def documents_of(app: SmartApp, token: str, record: str) -> tuple[int, list[str]]:
    answer = app.read(f"DocumentReference?patient={record}&status=current", token)
    return answer.status_code, [entry["resource"]["id"] for entry in answer.json().get("entry", [])]


def test_an_allowed_app_reads_and_the_patient_sees_it_in_journal_and_notices(
    demo: DemoPeople, client: Client, holder: Holder, patient: PatientClient
) -> None:
    deposit_new(demo, holder)
    app = SmartApp(demo.gateway, client.client_id)
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    assert tokens["patient"] == holder.record
    assert tokens["token_type"] == "Bearer"
    status, found = documents_of(app, tokens["access_token"], holder.record)
    assert (status, len(found)) == (200, 1)
    binary = app.read(f"Binary/{found[0]}", tokens["access_token"])
    assert binary.status_code == 200
    person = app.read(f"Patient/{holder.record}", tokens["access_token"]).json()
    assert person["name"][0]["family"] == holder.patient.family_name
    expect_notices(patient, holder.record, "APPLICATION_AUTORISEE")
    assert client.client_id in wait_for_line(patient, holder.record, "autorisation_application").fr
    assert wait_for_line(patient, holder.record, "consultation_document").who == client.name


def test_an_app_reads_only_the_sections_that_the_patient_ticked(
    demo: DemoPeople, client: Client, holder: Holder, patient: PatientClient
) -> None:
    deposit_new(demo, holder)
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    log_in_browser(demo, holder, browser)
    code = redirect_parameters(allow_access(browser, section=["imagerie"], identity="", offline=""))["code"]
    tokens = tokens_in(app.redeem(code))
    assert f"?category={SECTIONS_SYSTEM}|imagerie" in tokens["scope"]
    assert "refresh_token" not in tokens
    assert documents_of(app, tokens["access_token"], holder.record) == (200, [])
    assert app.read(f"Patient/{holder.record}", tokens["access_token"]).status_code == 403


def test_nothing_is_ticked_beforehand_and_nothing_ticked_is_no_consent(
    demo: DemoPeople, client: Client, holder: Holder, patient: PatientClient
) -> None:
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    page = log_in_browser(demo, holder, browser).text
    boxes = re.findall(r"<input[^>]*checkbox[^>]*>", page)
    assert boxes
    assert [box for box in boxes if "checked" in box] == []
    again = browser.submit(answer="allow")
    assert again.status_code == 400
    assert "Rien n&#39;est coché" in again.text
    assert patient.apps(holder.record) == ()
    assert "code" in redirect_parameters(browser.submit(answer="allow", section=["imagerie"]))


def test_revoking_an_app_takes_effect_at_once(
    demo: DemoPeople, client: Client, holder: Holder, patient: PatientClient
) -> None:
    app = SmartApp(demo.gateway, client.client_id)
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    assert [entry.app for entry in patient.apps(holder.record)] == [client.client_id]
    patient.revoke_app(holder.record, client.client_id)
    assert documents_of(app, tokens["access_token"], holder.record)[0] in {401, 403}
    wait_until(lambda: app.refresh(tokens["refresh_token"]).status_code == 400, "the refresh token is refused")
    assert patient.apps(holder.record) == ()
    assert client.client_id in wait_for_line(patient, holder.record, "fin_application").fr


def test_an_app_gets_no_new_token_while_the_account_that_authorised_it_is_locked(
    demo: DemoPeople, operator_client: OperatorClient, client: Client, holder: Holder, patient: PatientClient
) -> None:
    app = SmartApp(demo.gateway, client.client_id)
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    operator_client.lock_account(holder.record, locked=True)
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    operator_client.lock_account(holder.record, locked=False)
    assert tokens_in(app.refresh(tokens["refresh_token"]))["access_token"]


def test_a_suspended_app_is_refused_until_the_operator_resumes_it(
    demo: DemoPeople, operator_client: OperatorClient, client: Client, holder: Holder, patient: PatientClient
) -> None:
    app = SmartApp(demo.gateway, client.client_id)
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))

    def reads() -> bool:
        return documents_of(app, tokens["access_token"], holder.record)[0] == 200

    operator_client.suspend_app(client.client_id, suspended=True)
    wait_until(lambda: not reads(), "the suspended app is refused")
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert not patient.apps(holder.record)[0].listed
    operator_client.suspend_app(client.client_id, suspended=False)
    wait_until(reads, "the resumed app reads again")


def test_refusing_consent_redirects_with_access_denied_and_grants_nothing(
    demo: DemoPeople, client: Client, holder: Holder, patient: PatientClient
) -> None:
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    log_in_browser(demo, holder, browser)
    parameters = redirect_parameters(browser.submit(answer="refuse"))
    assert parameters == {"error": "access_denied", "state": app.state, "iss": demo.gateway}
    assert patient.apps(holder.record) == ()


def test_the_login_page_lists_stronger_methods_first_and_warns_about_sms(demo: DemoPeople, client: Client) -> None:
    browser = Browser(demo.gateway)
    page = browser.open(f"{demo.gateway}/oauth/authorize", SmartApp(demo.gateway, client.client_id).parameters()).text
    places = [page.index(mark) for mark in ("/passkey", 'value="app"', 'value="sms"', "Un SMS peut être détourné")]
    assert places == sorted(places)


def test_a_browser_is_remembered_as_a_known_device_if_the_patient_ticks_it(
    demo: DemoPeople, client: Client, holder: Holder, patient: PatientClient
) -> None:
    browser = Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", SmartApp(demo.gateway, client.client_id).parameters())
    before = demo.mailbox.newest(holder.login.email)
    browser.submit(identifier=holder.login.identifier, password=holder.login.password, by="email")
    browser.submit(code=demo.mailbox.code_sent_to(holder.login.email, after=before), remember="yes")
    (device,) = patient.sessions().devices
    assert browser.session.cookies.get("carnet-device")
    patient.forget_device(device.device_id)
    assert patient.sessions().devices == ()


def test_a_patient_can_authorise_an_app_with_a_passkey(
    demo: DemoPeople, client: Client, holder: Holder, patient: PatientClient
) -> None:
    device = Device(demo.gateway)
    offered = patient.begin_passkey()
    patient.confirm_passkey(offered.attempt, device.register(offered.options), "Téléphone")
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    page = browser.submit(to="/passkey")
    assert re.findall(r"<(?:script|style)>", page.text) == []
    assert "script-src 'self'" in page.headers["content-security-policy"]
    options = json.loads(unescape(re.search('data-options="([^"]*)"', page.text)[1]))  # type: ignore[index]
    browser.submit(credential=json.dumps(device.authenticate(options)))
    tokens = tokens_in(app.redeem(redirect_parameters(allow_access(browser))["code"]))
    assert tokens["patient"] == holder.record


def test_an_invalid_passkey_answer_returns_to_the_login_page(demo: DemoPeople, client: Client) -> None:
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    browser.submit(to="/passkey")
    answer = browser.submit(credential="{}")
    assert (answer.status_code, "password" in answer.text) == (401, True)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    browser.submit(to="/passkey")
    assert browser.submit(credential="rien").status_code == 400


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("registered", "redirect_uri", "source"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", "http://127.0.0.1:51004"),
        ("http://[::1]:8000/cb", "http://[::1]:51004/cb", "http:"),
    ],
)
def test_a_loopback_app_logs_in_on_the_port_it_got(
    demo: DemoPeople, operator_client: OperatorClient, holder: Holder, registered: str, redirect_uri: str, source: str
) -> None:
    """RFC 8252, 7.3; a Content-Security-Policy cannot name an IPv6 address."""
    client = register_app(operator_client, redirect_uris=(registered,))
    browser, parameters = Browser(demo.gateway), SmartApp(demo.gateway, client.client_id).parameters()
    browser.open(f"{demo.gateway}/oauth/authorize", parameters | {"redirect_uri": redirect_uri})
    page = log_in_browser(demo, holder, browser)
    assert page.headers["content-security-policy"].endswith(f"form-action 'self' {source}")
    answer = allow_access(browser)
    assert answer.headers["location"].startswith(f"{redirect_uri}?")
    assert "code" in redirect_parameters(answer)
