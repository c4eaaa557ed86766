"""Passkeys log in their owner: only for this origin, with user verification, and each answer once."""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from client.patient import PatientClient
from client.people import DemoPeople
from contracts.identity.passkeys import PasskeySummary
from tests.support.journal_and_notices import expect_notices, wait_for_line
from tests.support.passkeys import Device
from tests.support.people import Holder, activate_account, open_record
from tests.support.refusals import expect_refusal


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


@pytest.fixture
def device(demo: DemoPeople, patient: PatientClient) -> Device:
    device = Device(demo.gateway)
    add_passkey(patient, device)
    return device


def add_passkey(patient: PatientClient, device: Device, label: str = "Téléphone") -> tuple[PasskeySummary, ...]:
    offered = patient.begin_passkey()
    return patient.confirm_passkey(offered.attempt, device.register(offered.options), label)


def logged_in(demo: DemoPeople, device: Device) -> PatientClient:
    client = PatientClient(demo.gateway)
    offered = client.begin_passkey_login()
    client.finish_passkey_login(offered.attempt, device.authenticate(offered.options))
    return client


def test_a_passkey_is_added_logs_in_and_is_removed(demo: DemoPeople, holder: Holder, patient: PatientClient) -> None:
    device = Device(demo.gateway)
    shown = add_passkey(patient, device)
    assert [passkey.label for passkey in shown] == ["Téléphone"]
    expect_notices(patient, holder.record, "MOYEN_CONNEXION")
    client = logged_in(demo, device)
    assert client.contact().email == holder.login.email
    assert client.sessions().sessions[0].means == "passkey"
    assert "clé d'accès" in wait_for_line(client, holder.record, "connexion").fr
    assert client.passkeys()[0].used_at
    assert client.remove_passkey(shown[0].passkey) == ()
    expect_refusal("login.failed", 401, lambda: logged_in(demo, device))


def test_a_passkey_does_not_open_a_locked_account(
    demo: DemoPeople, holder: Holder, device: Device, operator_cli: CliRunner
) -> None:
    assert operator_cli.invoke(app, ["account", "lock", holder.record]).exit_code == 0
    expect_refusal("account.locked", 403, lambda: logged_in(demo, device))
    assert operator_cli.invoke(app, ["account", "unlock", holder.record]).exit_code == 0
    logged_in(demo, device)


def test_a_passkey_answer_is_used_once(demo: DemoPeople, device: Device) -> None:
    client = PatientClient(demo.gateway)
    offered = client.begin_passkey_login()
    answer = device.authenticate(offered.options)
    client.finish_passkey_login(offered.attempt, answer)
    expect_refusal("login.failed", 401, lambda: client.finish_passkey_login(offered.attempt, answer))
    another = client.begin_passkey_login()
    expect_refusal("login.failed", 401, lambda: client.finish_passkey_login(another.attempt, answer))


def _from_another_site(device: Device) -> None:
    device.origin = "https://voleur.example"


def _without_user_verification(device: Device) -> None:
    device.verifies = False


@pytest.mark.parametrize("spoil", [_from_another_site, _without_user_verification])
def test_an_answer_for_another_origin_or_without_user_verification_is_refused(
    demo: DemoPeople, holder: Holder, patient: PatientClient, device: Device, spoil: Callable[[Device], None]
) -> None:
    spoil(device)
    expect_refusal("login.failed", 401, lambda: logged_in(demo, device))
    assert wait_for_line(patient, holder.record, "connexion", outcome="refused")


def test_a_passkey_whose_counter_decreases_is_refused_as_a_copy(demo: DemoPeople, device: Device) -> None:
    logged_in(demo, device)
    logged_in(demo, device)
    device.count = 0
    expect_refusal("login.failed", 401, lambda: logged_in(demo, device))


def test_an_unregistered_passkey_is_refused(demo: DemoPeople, device: Device) -> None:
    stranger = Device(demo.gateway)
    stranger.credential_id = device.credential_id
    stranger.count = 10
    expect_refusal("login.failed", 401, lambda: logged_in(demo, stranger))
    expect_refusal("login.failed", 401, lambda: logged_in(demo, Device(demo.gateway)))


def test_a_registration_challenge_is_bound_to_its_account_and_purpose(
    demo: DemoPeople, patient: PatientClient
) -> None:
    neighbour = activate_account(demo, open_record(demo))
    offered = patient.begin_passkey()
    credential = Device(demo.gateway).register(offered.options)
    expect_refusal("login.failed", 401, lambda: neighbour.confirm_passkey(offered.attempt, credential, "x"))
    login = patient.begin_passkey_login()
    expect_refusal("login.failed", 401, lambda: patient.confirm_passkey(login.attempt, credential, "x"))


@pytest.mark.parametrize("answer", [{}, {"id": 3}, {"id": "é"}, {"id": "AA", "response": []}])
def test_malformed_passkey_answers_are_refused(
    demo: DemoPeople, patient: PatientClient, answer: dict[str, Any]
) -> None:
    offered, client = patient.begin_passkey(), PatientClient(demo.gateway)
    expect_refusal("login.failed", 401, lambda: patient.confirm_passkey(offered.attempt, answer, "x"))
    login = client.begin_passkey_login()
    expect_refusal("login.failed", 401, lambda: client.finish_passkey_login(login.attempt, answer))
    expect_refusal("login.failed", 401, lambda: client.finish_passkey_login("personne", answer))
