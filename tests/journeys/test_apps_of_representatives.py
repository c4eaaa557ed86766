"""A parent authorises an app for a child: it reads what the parent may, while they represent the child."""

from datetime import date

import pytest

from client.api_client import ApiClient
from client.oauth import SCOPES, SmartApp
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.apps import Browser, allow_access, authorization_code, log_in_browser, register_app, tokens_in
from tests.support.clock import reach_majority
from tests.support.journal_and_notices import wait_for_line
from tests.support.people import Holder, activate_account, deposit_new, new_patient, open_record
from tests.support.staff import appoint_representative, dismiss_representative


@pytest.fixture
def child(demo: DemoPeople) -> Holder:
    return open_record(demo, new_patient(birth_date=date(2012, 5, 4)))


@pytest.fixture
def mother(platform: Stack, demo: DemoPeople, child: Holder) -> Holder:
    return new_parent(platform, demo, child)


@pytest.fixture
def app(demo: DemoPeople, operator_client: OperatorClient) -> SmartApp:
    return SmartApp(demo.gateway, register_app(operator_client).client_id)


def new_parent(platform: Stack, demo: DemoPeople, child: Holder) -> Holder:
    parent = open_record(demo)
    activate_account(demo, parent)
    appoint_representative(platform, demo, child, parent.card)
    return parent


def current_documents_of(holder: Holder) -> str:
    return f"DocumentReference?patient={holder.record}&status=current"


def document_ids(app: SmartApp, holder: Holder, token: str) -> list[str]:
    answer = app.read(current_documents_of(holder), token)
    assert answer.status_code == 200, answer.text
    return [entry["resource"]["id"] for entry in answer.json().get("entry", [])]


def test_a_representative_chooses_the_child_and_the_app_reads_only_the_childs_record(
    demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    deposit_new(demo, child)
    browser = Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    page = log_in_browser(demo, mother, browser)
    assert f'name="patient" value="{child.record}"' in page.text
    assert child.patient.given_names in page.text
    tokens = tokens_in(app.redeem(authorization_code(demo, mother, app, of=child.record)))
    assert tokens["patient"] == child.record
    assert len(document_ids(app, child, tokens["access_token"])) == 1
    assert app.read(current_documents_of(mother), tokens["access_token"]).status_code in {403, 404}
    named = app.read(f"Patient/{child.record}", tokens["access_token"]).json()
    assert named["name"][0]["family"] == child.patient.family_name


def test_documents_hidden_from_representatives_are_hidden_from_their_apps(
    demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    token = tokens_in(app.redeem(authorization_code(demo, mother, app, of=child.record)))["access_token"]
    deposit_new(demo, child, Visibility.INVISIBLE_REPRESENTANTS_LEGAUX)
    assert document_ids(app, child, token) == []
    activate_account(demo, child)
    own_token = tokens_in(app.redeem(authorization_code(demo, child, app)))["access_token"]
    assert len(document_ids(app, child, own_token)) == 1
    assert document_ids(app, child, token) == [], "the child's own grant does not widen the mother's"


def test_the_grant_ends_with_the_representation_and_is_not_revived_by_another_parent(
    platform: Stack, demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    deposit_new(demo, child)
    token = tokens_in(app.redeem(authorization_code(demo, mother, app, of=child.record)))["access_token"]
    assert len(document_ids(app, child, token)) == 1
    dismiss_representative(platform, child.record, mother.record)
    assert app.read(current_documents_of(child), token).status_code == 403
    father = new_parent(platform, demo, child)
    fathers_token = tokens_in(app.redeem(authorization_code(demo, father, app, of=child.record)))["access_token"]
    assert len(document_ids(app, child, fathers_token)) == 1
    assert app.read(current_documents_of(child), token).status_code == 403


def test_the_grant_ends_at_majority(
    platform: Stack, demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    deposit_new(demo, child)
    token = tokens_in(app.redeem(authorization_code(demo, mother, app, of=child.record)))["access_token"]
    reach_majority(platform, child.record)
    assert app.read(current_documents_of(child), token).status_code == 403


def test_the_child_sees_and_revokes_the_app(demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp) -> None:
    deposit_new(demo, child)
    token = tokens_in(app.redeem(authorization_code(demo, mother, app, of=child.record)))["access_token"]
    document_ids(app, child, token)
    child_client: ApiClient = activate_account(demo, child)
    (listed,) = child_client.apps(child.record)
    assert (listed.app, listed.by_representative) == (app.client_id, True)
    assert "représentant légal" in wait_for_line(child_client, child.record, "consultation_liste").fr
    child_client.revoke_app(child.record, app.client_id)
    assert child_client.apps(child.record) == ()
    assert app.read(current_documents_of(child), token).status_code in {401, 403}


def test_an_app_cannot_be_authorised_for_a_person_one_does_not_represent(
    demo: DemoPeople, child: Holder, app: SmartApp
) -> None:
    stranger = open_record(demo)
    activate_account(demo, stranger)
    browser = Browser(demo.gateway)
    browser.open(f"{demo.gateway}/oauth/authorize", app.parameters())
    log_in_browser(demo, stranger, browser)
    refused = allow_access(browser, patient=child.record)
    assert refused.status_code == 404
    assert "location" not in refused.headers


def test_the_token_subject_is_the_parent_and_its_patient_the_child(
    demo: DemoPeople, child: Holder, mother: Holder, app: SmartApp
) -> None:
    tokens = tokens_in(app.redeem(authorization_code(demo, mother, app, of=child.record, scope=SCOPES)))
    introspected = app.post("introspect", {"client_id": app.client_id, "token": tokens["access_token"]}).json()
    assert (introspected["sub"], introspected["patient"]) == (mother.record, child.record)
