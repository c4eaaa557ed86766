"""A parent lets an app read for a child: what the parent may read, for as long as they represent the child."""

from datetime import date

import pytest

from cli.demo.cast import Cast
from cli.demo.visitor import Visitor
from cli.operator import OperatorDoor
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.apps import SCOPES, App, Browser, allow, authorized, granted, log_in, register
from tests.support.clock import let_majority_come
from tests.support.people import Holder, activate, deposited, new_patient, open_record
from tests.support.staff import agent, represented
from tests.support.trails import line


@pytest.fixture
def child(cast: Cast) -> Holder:
    return open_record(cast, new_patient(birth_date=date(2012, 5, 4)))


@pytest.fixture
def mother(platform: Stack, cast: Cast, child: Holder) -> Holder:
    return a_parent(platform, cast, child)


@pytest.fixture
def app(cast: Cast, door: OperatorDoor) -> App:
    return App(cast.gateway, register(door).client_id)


def a_parent(platform: Stack, cast: Cast, child: Holder) -> Holder:
    parent = open_record(cast)
    activate(cast, parent)
    represented(platform, cast, child, parent.card)
    return parent


def on_file(holder: Holder) -> str:
    return f"DocumentReference?patient={holder.record}&status=current"


def ids(app: App, holder: Holder, token: str) -> list[str]:
    answer = app.read(on_file(holder), token)
    assert answer.status_code == 200, answer.text
    return [entry["resource"]["id"] for entry in answer.json().get("entry", [])]


def test_the_page_asks_for_whom_and_the_app_reads_for_the_child(
    cast: Cast, child: Holder, mother: Holder, app: App
) -> None:
    deposited(cast, child)
    browser = Browser(cast.gateway)
    browser.open(f"{cast.gateway}/oauth/authorize", app.parameters())
    page = log_in(cast, mother, browser)
    assert f'name="patient" value="{child.record}"' in page.text
    assert child.patient.given_names in page.text
    tokens = granted(app.redeem(authorized(cast, mother, app, of=child.record)))
    assert tokens["patient"] == child.record
    assert len(ids(app, child, tokens["access_token"])) == 1
    assert app.read(on_file(mother), tokens["access_token"]).status_code in {403, 404}
    named = app.read(f"Patient/{child.record}", tokens["access_token"]).json()
    assert named["name"][0]["family"] == child.patient.family_name


def test_what_is_kept_from_representatives_is_kept_from_their_apps(
    cast: Cast, child: Holder, mother: Holder, app: App
) -> None:
    token = granted(app.redeem(authorized(cast, mother, app, of=child.record)))["access_token"]
    deposited(cast, child, Visibility.INVISIBLE_REPRESENTANTS_LEGAUX)
    assert ids(app, child, token) == []
    activate(cast, child)
    own = granted(app.redeem(authorized(cast, child, app)))["access_token"]
    assert len(ids(app, child, own)) == 1
    assert ids(app, child, token) == [], "the child's own leave opens nothing to the mother's telephone"


def test_it_ends_with_the_representation_and_another_parents_leave_does_not_bring_it_back(
    platform: Stack, cast: Cast, child: Holder, mother: Holder, app: App
) -> None:
    deposited(cast, child)
    token = granted(app.redeem(authorized(cast, mother, app, of=child.record)))["access_token"]
    assert len(ids(app, child, token)) == 1
    agent(platform).end_representation(child.record, mother.record)
    assert app.read(on_file(child), token).status_code == 403
    father = a_parent(platform, cast, child)
    his = granted(app.redeem(authorized(cast, father, app, of=child.record)))["access_token"]
    assert len(ids(app, child, his)) == 1
    assert app.read(on_file(child), token).status_code == 403


def test_at_majority_it_is_over(platform: Stack, cast: Cast, child: Holder, mother: Holder, app: App) -> None:
    deposited(cast, child)
    token = granted(app.redeem(authorized(cast, mother, app, of=child.record)))["access_token"]
    let_majority_come(platform, child.record)
    assert app.read(on_file(child), token).status_code == 403


def test_the_child_sees_it_and_takes_it_back(cast: Cast, child: Holder, mother: Holder, app: App) -> None:
    deposited(cast, child)
    token = granted(app.redeem(authorized(cast, mother, app, of=child.record)))["access_token"]
    ids(app, child, token)
    grown: Visitor = activate(cast, child)
    (listed,) = grown.apps(child.record)
    assert (listed["app"], listed["by_representative"]) == (app.client_id, True)
    assert "représentant légal" in line(grown, child.record, "consultation_liste")["fr"]
    grown.revoke_app(child.record, app.client_id)
    assert grown.apps(child.record) == []
    assert app.read(on_file(child), token).status_code in {401, 403}


def test_nobody_lets_an_app_read_for_whom_they_do_not_represent(cast: Cast, child: Holder, app: App) -> None:
    stranger = open_record(cast)
    activate(cast, stranger)
    browser = Browser(cast.gateway)
    browser.open(f"{cast.gateway}/oauth/authorize", app.parameters())
    log_in(cast, stranger, browser)
    refused = allow(browser, patient=child.record)
    assert refused.status_code == 404
    assert "location" not in refused.headers


def test_who_the_id_token_speaks_of_is_who_logged_in(cast: Cast, child: Holder, mother: Holder, app: App) -> None:
    tokens = granted(app.redeem(authorized(cast, mother, app, of=child.record, scope=SCOPES)))
    introspected = app.post("introspect", {"client_id": app.client_id, "token": tokens["access_token"]}).json()
    assert (introspected["sub"], introspected["patient"]) == (mother.record, child.record)
