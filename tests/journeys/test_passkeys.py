"""A passkey opens its owner's account by itself: for this address, with its owner there, and each answer once."""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.demo.cast import Cast
from cli.demo.visitor import Visitor
from cli.main import app
from tests.support.passkeys import Device
from tests.support.people import Holder, activate, open_record
from tests.support.refusing import expect
from tests.support.trails import line, told


@pytest.fixture
def holder(cast: Cast) -> Holder:
    return open_record(cast)


@pytest.fixture
def patient(cast: Cast, holder: Holder) -> Visitor:
    return activate(cast, holder)


@pytest.fixture
def device(cast: Cast, patient: Visitor) -> Device:
    made = Device(cast.gateway)
    added(patient, made)
    return made


def added(patient: Visitor, device: Device, label: str = "Téléphone") -> list[dict[str, Any]]:
    offered = patient.begin_passkey()
    return patient.confirm_passkey(offered["attempt"], device.make(offered["options"]), label)


def logged_in(cast: Cast, device: Device) -> Visitor:
    visitor = Visitor(cast.gateway)
    offered = visitor.begin_passkey_login()
    visitor.finish_passkey_login(offered["attempt"], device.use(offered["options"]))
    return visitor


def test_a_key_is_added_opens_the_account_and_is_taken_off(cast: Cast, holder: Holder, patient: Visitor) -> None:
    device = Device(cast.gateway)
    shown = added(patient, device)
    assert [one["label"] for one in shown] == ["Téléphone"]
    told(patient, holder.record, "MOYEN_CONNEXION")
    visitor = logged_in(cast, device)
    assert visitor.contact()["email"] == holder.login.email
    assert visitor.sessions()["sessions"][0]["means"] == "passkey"
    assert "clé d'accès" in line(visitor, holder.record, "connexion")["fr"]
    assert visitor.passkeys()[0]["used_at"]
    assert visitor.remove_passkey(shown[0]["passkey"]) == []
    expect("login.failed", 401, lambda: logged_in(cast, device))


def test_a_key_does_not_open_a_locked_account(
    cast: Cast, holder: Holder, device: Device, operator: CliRunner
) -> None:
    assert operator.invoke(app, ["account", "lock", holder.record]).exit_code == 0
    expect("account.locked", 403, lambda: logged_in(cast, device))
    assert operator.invoke(app, ["account", "unlock", holder.record]).exit_code == 0
    logged_in(cast, device)


def test_an_answer_serves_once(cast: Cast, device: Device) -> None:
    visitor = Visitor(cast.gateway)
    offered = visitor.begin_passkey_login()
    answer = device.use(offered["options"])
    visitor.finish_passkey_login(offered["attempt"], answer)
    expect("login.failed", 401, lambda: visitor.finish_passkey_login(offered["attempt"], answer))
    another = visitor.begin_passkey_login()
    expect("login.failed", 401, lambda: visitor.finish_passkey_login(another["attempt"], answer))


def _elsewhere(device: Device) -> None:
    device.origin = "https://voleur.example"


def _unverified(device: Device) -> None:
    device.verifies = False


@pytest.mark.parametrize("spoil", [_elsewhere, _unverified])
def test_an_answer_for_another_site_or_without_its_owner_opens_nothing(
    cast: Cast, holder: Holder, patient: Visitor, device: Device, spoil: Callable[[Device], None]
) -> None:
    spoil(device)
    expect("login.failed", 401, lambda: logged_in(cast, device))
    assert line(patient, holder.record, "connexion", outcome="refused")


def test_a_key_whose_count_goes_back_is_a_copy_and_opens_nothing(cast: Cast, device: Device) -> None:
    logged_in(cast, device)
    logged_in(cast, device)
    device.count = 0
    expect("login.failed", 401, lambda: logged_in(cast, device))


def test_a_strangers_key_opens_nothing(cast: Cast, device: Device) -> None:
    stranger = Device(cast.gateway)
    stranger.credential_id = device.credential_id
    stranger.count = 10
    expect("login.failed", 401, lambda: logged_in(cast, stranger))
    expect("login.failed", 401, lambda: logged_in(cast, Device(cast.gateway)))


def test_what_was_offered_to_one_adds_no_key_to_another(cast: Cast, patient: Visitor) -> None:
    neighbour = activate(cast, open_record(cast))
    offered = patient.begin_passkey()
    made = Device(cast.gateway).make(offered["options"])
    expect("login.failed", 401, lambda: neighbour.confirm_passkey(offered["attempt"], made, "x"))
    login = patient.begin_passkey_login()
    expect("login.failed", 401, lambda: patient.confirm_passkey(login["attempt"], made, "x"))


@pytest.mark.parametrize("answer", [{}, {"id": 3}, {"id": "é"}, {"id": "AA", "response": []}])
def test_nonsense_is_refused(cast: Cast, patient: Visitor, answer: dict[str, Any]) -> None:
    offered, visitor = patient.begin_passkey(), Visitor(cast.gateway)
    expect("login.failed", 401, lambda: patient.confirm_passkey(offered["attempt"], answer, "x"))
    login = visitor.begin_passkey_login()
    expect("login.failed", 401, lambda: visitor.finish_passkey_login(login["attempt"], answer))
    expect("login.failed", 401, lambda: visitor.finish_passkey_login("personne", answer))
