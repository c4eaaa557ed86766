"""A parent lets an app read for a child: what the parent may read, for as long as they represent the child."""

from datetime import date

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from cli.operator import OperatorClient
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.apps import SCOPES, Browser, SmartApp, allow, authorized, granted, log_in, register
from tests.support.clock import let_majority_come
from tests.support.people import Holder, activate, deposited, new_patient, open_record
from tests.support.staff import agent, represented
from tests.support.trails import line


@pytest.fixture
def child(demo: DemoPeople) -> Holder:
    return open_record(demo, new_patient(birth_date=date(2012, 5, 4)))


@pytest.fixture
def mother(platform: Stack, demo: DemoPeople, child: Holder) -> Holder:
    return a_parent(platform, demo, child)


@pytest.fixture
def app(demo: DemoPeople, operator_client: OperatorClient) -> SmartApp:
    return SmartApp(demo.gateway, register(operator_client).client_id)


def a_parent(platform: Stack, demo: DemoPeople, child: Holder) -> Holder:
    parent = open_record(demo)
    activate(demo, parent)
    represented(platform, demo, child, parent.card)
    return parent


def on_file(holder: Holder) -> str:
    return f"DocumentReference?patient={holder.record}&status=current"


def ids(app: SmartApp, holder: Holder, token: str) -> list[str]:
    answer = app.read(on_file(holder), token)
    assert answer.status_code == 200, answer.text
    return [entry["resource"]["id"] for entry in answer.json().get("entry", [])]


def test_the_page_asks_for_whom_and_the_app_reads_for_the_child(
    demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    deposited(demo, child)
    browser = Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    page = log_in(demo, mother, browser)
    assert f'name="patient" value="{child.record}"' in page.text
    assert child.patient.given_names in page.text
    tokens = granted(app.redeem(authorized(demo, mother, app, of=child.record)))
    assert tokens["patient"] == child.record
    assert len(ids(app, child, tokens["access_token"])) == 1
    assert app.read(on_file(mother), tokens["access_token"]).status_code in {403, 404}
    named = app.read(f"Patient/{child.record}", tokens["access_token"]).json()
    assert named["name"][0]["family"] == child.patient.family_name


def test_what_is_kept_from_representatives_is_kept_from_their_apps(
    demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    token = granted(app.redeem(authorized(demo, mother, app, of=child.record)))["access_token"]
    deposited(demo, child, Visibility.INVISIBLE_REPRESENTANTS_LEGAUX)
    assert ids(app, child, token) == []
    activate(demo, child)
    own = granted(app.redeem(authorized(demo, child, app)))["access_token"]
    assert len(ids(app, child, own)) == 1
    assert ids(app, child, token) == [], "the child's own leave opens nothing to the mother's telephone"


def test_it_ends_with_the_representation_and_another_parents_leave_does_not_bring_it_back(
    platform: Stack, demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    deposited(demo, child)
    token = granted(app.redeem(authorized(demo, mother, app, of=child.record)))["access_token"]
    assert len(ids(app, child, token)) == 1
    agent(platform).end_representation(child.record, mother.record)
    assert app.read(on_file(child), token).status_code == 403
    father = a_parent(platform, demo, child)
    his = granted(app.redeem(authorized(demo, father, app, of=child.record)))["access_token"]
    assert len(ids(app, child, his)) == 1
    assert app.read(on_file(child), token).status_code == 403


def test_at_majority_it_is_over(
    platform: Stack, demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    deposited(demo, child)
    token = granted(app.redeem(authorized(demo, mother, app, of=child.record)))["access_token"]
    let_majority_come(platform, child.record)
    assert app.read(on_file(child), token).status_code == 403


def test_the_child_sees_it_and_takes_it_back(demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp) -> None:
    deposited(demo, child)
    token = granted(app.redeem(authorized(demo, mother, app, of=child.record)))["access_token"]
    ids(app, child, token)
    grown: ApiClient = activate(demo, child)
    (listed,) = grown.apps(child.record)
    assert (listed["app"], listed["by_representative"]) == (app.client_id, True)
    assert "représentant légal" in line(grown, child.record, "consultation_liste")["fr"]
    grown.revoke_app(child.record, app.client_id)
    assert grown.apps(child.record) == []
    assert app.read(on_file(child), token).status_code in {401, 403}


def test_nobody_lets_an_app_read_for_whom_they_do_not_represent(
    demo: DemoPeople, child: Holder, app: SmartApp
) -> None:
    stranger = open_record(demo)
    activate(demo, stranger)
    browser = Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    log_in(demo, stranger, browser)
    refused = allow(browser, patient=child.record)
    assert refused.status_code == 404
    assert "location" not in refused.headers


def test_who_the_id_token_speaks_of_is_who_logged_in(
    demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    tokens = granted(app.redeem(authorized(demo, mother, app, of=child.record, scope=SCOPES)))
    introspected = app.post("introspect", {"client_id": app.client_id, "token": tokens["access_token"]}).json()
    assert (introspected["sub"], introspected["patient"]) == (mother.record, child.record)
