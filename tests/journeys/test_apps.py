"""A partner app reads what a patient let it read, as long as they let it, and not a section more."""

import json
import re
from html import unescape

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from cli.operator import OperatorClient
from contracts.identity import Client
from contracts.scopes import SECTIONS_SYSTEM
from tests.support.apps import Browser, SmartApp, allow, authorized, back, granted, log_in, register
from tests.support.passkeys import Device
from tests.support.people import Holder, activate, deposited, open_record
from tests.support.trails import line, told
from tests.support.waiting import wait_until


@pytest.fixture
def client(operator_client: OperatorClient) -> Client:
    return register(operator_client)


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


def documents_of(app: SmartApp, token: str, record: str) -> tuple[int, list[str]]:
    answer = app.read(f"DocumentReference?patient={record}&status=current", token)
    return answer.status_code, [one["resource"]["id"] for one in answer.json().get("entry", [])]


def test_a_patient_lets_an_app_read_and_reads_of_it(
    demo: DemoPeople, client: Client, holder: Holder, patient: ApiClient
) -> None:
    deposited(demo, holder)
    app = SmartApp(demo.gateway, client.client_id)
    tokens = granted(app.redeem(authorized(demo, holder, app)))
    assert tokens["patient"] == holder.record
    assert tokens["token_type"] == "Bearer"
    status, found = documents_of(app, tokens["access_token"], holder.record)
    assert (status, len(found)) == (200, 1)
    binary = app.read(f"Binary/{found[0]}", tokens["access_token"])
    assert binary.status_code == 200
    person = app.read(f"Patient/{holder.record}", tokens["access_token"]).json()
    assert person["name"][0]["family"] == holder.patient.family_name
    told(patient, holder.record, "APPLICATION_AUTORISEE")
    assert client.client_id in line(patient, holder.record, "autorisation_application")["fr"]
    assert line(patient, holder.record, "consultation_document")["who"] == client.name


def test_an_app_reads_the_sections_left_ticked_and_no_others(
    demo: DemoPeople, client: Client, holder: Holder, patient: ApiClient
) -> None:
    deposited(demo, holder)
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    log_in(demo, holder, browser)
    code = back(allow(browser, section=["imagerie"], identity="", offline=""))["code"]
    tokens = granted(app.redeem(code))
    assert f"?category={SECTIONS_SYSTEM}|imagerie" in tokens["scope"]
    assert "refresh_token" not in tokens
    assert documents_of(app, tokens["access_token"], holder.record) == (200, [])
    assert app.read(f"Patient/{holder.record}", tokens["access_token"]).status_code == 403


def test_an_app_is_shut_out_at_once_when_the_patient_takes_it_back(
    demo: DemoPeople, client: Client, holder: Holder, patient: ApiClient
) -> None:
    app = SmartApp(demo.gateway, client.client_id)
    tokens = granted(app.redeem(authorized(demo, holder, app)))
    assert [one["app"] for one in patient.apps(holder.record)] == [client.client_id]
    patient.revoke_app(holder.record, client.client_id)
    assert documents_of(app, tokens["access_token"], holder.record)[0] in {401, 403}
    wait_until(lambda: app.refresh(tokens["refresh_token"]).status_code == 400, "the refresh token is refused")
    assert patient.apps(holder.record) == []
    assert client.client_id in line(patient, holder.record, "fin_application")["fr"]


def test_an_app_the_operator_suspends_reads_nothing_until_it_is_let_in_again(
    demo: DemoPeople, operator_client: OperatorClient, client: Client, holder: Holder, patient: ApiClient
) -> None:
    app = SmartApp(demo.gateway, client.client_id)
    tokens = granted(app.redeem(authorized(demo, holder, app)))

    def reads() -> bool:
        return documents_of(app, tokens["access_token"], holder.record)[0] == 200

    address = f"/operator/apps/{client.client_id}"
    operator_client.suspend(address, Client, suspended=True)
    wait_until(lambda: not reads(), "the suspended app is shut out")
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert not patient.apps(holder.record)[0]["listed"]
    operator_client.suspend(address, Client, suspended=False)
    wait_until(reads, "the app is let in again")


def test_a_patient_who_says_no_gives_nothing(
    demo: DemoPeople, client: Client, holder: Holder, patient: ApiClient
) -> None:
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    log_in(demo, holder, browser)
    said = back(browser.submit(answer="refuse"))
    assert said == {"error": "access_denied", "state": app.state, "iss": demo.gateway}
    assert patient.apps(holder.record) == []


def test_the_stronger_means_come_first_and_the_risk_of_the_others_is_told(demo: DemoPeople, client: Client) -> None:
    browser = Browser(demo.gateway)
    page = browser.open(f"{demo.gateway}/oauth/authorize", SmartApp(demo.gateway, client.client_id).parameters()).text
    places = [page.index(mark) for mark in ("/passkey", 'value="app"', 'value="sms"', "Un SMS peut être détourné")]
    assert places == sorted(places)


def test_a_patient_lets_an_app_read_by_a_passkey(
    demo: DemoPeople, client: Client, holder: Holder, patient: ApiClient
) -> None:
    device = Device(demo.gateway)
    offered = patient.begin_passkey()
    patient.confirm_passkey(offered["attempt"], device.make(offered["options"]), "Téléphone")
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    page = browser.submit(to="/passkey")
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    options = json.loads(unescape(re.search('data-options="([^"]*)"', page.text)[1]))  # type: ignore[index]
    browser.submit(credential=json.dumps(device.use(options)))
    tokens = granted(app.redeem(back(allow(browser))["code"]))
    assert tokens["patient"] == holder.record


def test_a_passkey_that_opens_nothing_leads_back_to_the_login(demo: DemoPeople, client: Client) -> None:
    app, browser = SmartApp(demo.gateway, client.client_id), Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    browser.submit(to="/passkey")
    answer = browser.submit(credential="{}")
    assert (answer.status_code, "password" in answer.text) == (401, True)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    browser.submit(to="/passkey")
    assert browser.submit(credential="rien").status_code == 400
