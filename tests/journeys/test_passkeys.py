"""A passkey opens its owner's account by itself: for this address, with its owner there, and each answer once."""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from cli.main import app
from tests.support.passkeys import Device
from tests.support.people import Holder, activate, open_record
from tests.support.refusing import expect
from tests.support.trails import line, told


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


@pytest.fixture
def device(demo: DemoPeople, patient: ApiClient) -> Device:
    made = Device(demo.gateway)
    added(patient, made)
    return made


def added(patient: ApiClient, device: Device, label: str = "Téléphone") -> list[dict[str, Any]]:
    offered = patient.begin_passkey()
    return patient.confirm_passkey(offered["attempt"], device.make(offered["options"]), label)


def logged_in(demo: DemoPeople, device: Device) -> ApiClient:
    client = ApiClient(demo.gateway)
    offered = client.begin_passkey_login()
    client.finish_passkey_login(offered["attempt"], device.use(offered["options"]))
    return client


def test_a_key_is_added_opens_the_account_and_is_taken_off(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    device = Device(demo.gateway)
    shown = added(patient, device)
    assert [one["label"] for one in shown] == ["Téléphone"]
    told(patient, holder.record, "MOYEN_CONNEXION")
    client = logged_in(demo, device)
    assert client.contact()["email"] == holder.login.email
    assert client.sessions()["sessions"][0]["means"] == "passkey"
    assert "clé d'accès" in line(client, holder.record, "connexion")["fr"]
    assert client.passkeys()[0]["used_at"]
    assert client.remove_passkey(shown[0]["passkey"]) == []
    expect("login.failed", 401, lambda: logged_in(demo, device))


def test_a_key_does_not_open_a_locked_account(
    demo: DemoPeople, holder: Holder, device: Device, operator: CliRunner
) -> None:
    assert operator.invoke(app, ["account", "lock", holder.record]).exit_code == 0
    expect("account.locked", 403, lambda: logged_in(demo, device))
    assert operator.invoke(app, ["account", "unlock", holder.record]).exit_code == 0
    logged_in(demo, device)


def test_an_answer_serves_once(demo: DemoPeople, device: Device) -> None:
    client = ApiClient(demo.gateway)
    offered = client.begin_passkey_login()
    answer = device.use(offered["options"])
    client.finish_passkey_login(offered["attempt"], answer)
    expect("login.failed", 401, lambda: client.finish_passkey_login(offered["attempt"], answer))
    another = client.begin_passkey_login()
    expect("login.failed", 401, lambda: client.finish_passkey_login(another["attempt"], answer))


def _elsewhere(device: Device) -> None:
    device.origin = "https://voleur.example"


def _unverified(device: Device) -> None:
    device.verifies = False


@pytest.mark.parametrize("spoil", [_elsewhere, _unverified])
def test_an_answer_for_another_site_or_without_its_owner_opens_nothing(
    demo: DemoPeople, holder: Holder, patient: ApiClient, device: Device, spoil: Callable[[Device], None]
) -> None:
    spoil(device)
    expect("login.failed", 401, lambda: logged_in(demo, device))
    assert line(patient, holder.record, "connexion", outcome="refused")


def test_a_key_whose_count_goes_back_is_a_copy_and_opens_nothing(demo: DemoPeople, device: Device) -> None:
    logged_in(demo, device)
    logged_in(demo, device)
    device.count = 0
    expect("login.failed", 401, lambda: logged_in(demo, device))


def test_a_strangers_key_opens_nothing(demo: DemoPeople, device: Device) -> None:
    stranger = Device(demo.gateway)
    stranger.credential_id = device.credential_id
    stranger.count = 10
    expect("login.failed", 401, lambda: logged_in(demo, stranger))
    expect("login.failed", 401, lambda: logged_in(demo, Device(demo.gateway)))


def test_what_was_offered_to_one_adds_no_key_to_another(demo: DemoPeople, patient: ApiClient) -> None:
    neighbour = activate(demo, open_record(demo))
    offered = patient.begin_passkey()
    made = Device(demo.gateway).make(offered["options"])
    expect("login.failed", 401, lambda: neighbour.confirm_passkey(offered["attempt"], made, "x"))
    login = patient.begin_passkey_login()
    expect("login.failed", 401, lambda: patient.confirm_passkey(login["attempt"], made, "x"))


@pytest.mark.parametrize("answer", [{}, {"id": 3}, {"id": "é"}, {"id": "AA", "response": []}])
def test_nonsense_is_refused(demo: DemoPeople, patient: ApiClient, answer: dict[str, Any]) -> None:
    offered, client = patient.begin_passkey(), ApiClient(demo.gateway)
    expect("login.failed", 401, lambda: patient.confirm_passkey(offered["attempt"], answer, "x"))
    login = client.begin_passkey_login()
    expect("login.failed", 401, lambda: client.finish_passkey_login(login["attempt"], answer))
    expect("login.failed", 401, lambda: client.finish_passkey_login("personne", answer))
