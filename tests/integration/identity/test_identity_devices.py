"""Strangers cannot keep a holder out: known device, passkey and card let them in while others fail."""

import pytest

from contracts.errors.execution import TooManyAttempts
from contracts.errors.request import LoginFailed
from contracts.identity.logins import ChangePassword, EndSessions
from contracts.identity.people import Token
from deploy.dev import people
from services.identity import domain
from services.identity.domain.guessing import GUESSES_A_DAY
from services.identity.handlers import changes, sessions
from tests.integration.identity.harness import LOGINS_PER_ADDRESS, PASSWORD, PATIENT, IdentityHarness
from tests.integration.identity.test_identity_guesses import WRONG_PASSWORD, guess_codes, to_next_day
from tests.integration.identity.test_identity_recovery import NEW, add_passkey, finish, log_in_by, recover, wrong

HERE = "198.51.100.7"


@pytest.fixture
def token(harness: IdentityHarness) -> Token:
    return harness.open_account()


def known_device(harness: IdentityHarness, device: str = "Firefox, Linux") -> str:
    """The token of a device from which the holder logged in."""
    attempt = harness.start_login().attempt
    known = harness.finish_login(attempt, harness.sent[-1].code, device, remember=True).device_token
    assert known
    return known


def log_in_from(harness: IdentityHarness, device_token: str, password: str = PASSWORD) -> Token:
    attempt = harness.start_login(password=password, origin=HERE, device_token=device_token).attempt
    return harness.finish_login(attempt, harness.sent[-1].code, origin=HERE)


def try_as_strangers(harness: IdentityHarness) -> None:
    """Until this identifier and this place must wait."""
    for number in range(LOGINS_PER_ADDRESS):
        identifier = "adele" if number < domain.FREE_LOGINS else f"somebody-{number}"
        harness.start_login(identifier, WRONG_PASSWORD, origin=HERE)
    for origin in ("", HERE):
        with pytest.raises(TooManyAttempts):
            harness.start_login(origin=origin)


def is_known(harness: IdentityHarness, device_token: str, password: str = PASSWORD) -> bool:
    """Whether logins from there are still counted apart, while strangers keep others waiting."""
    try:
        log_in_from(harness, device_token, password)
    except TooManyAttempts:
        return False
    return True


def test_a_device_is_known_only_where_that_was_requested(harness: IdentityHarness, token: Token) -> None:
    assert harness.finish_login(harness.start_login().attempt, harness.sent[-1].code).device_token == ""
    known_device(harness)
    (device,) = harness.list_sessions(token).devices
    assert device.device == "Firefox, Linux"


def test_strangers_failures_delay_no_login_from_a_known_device(harness: IdentityHarness, token: Token) -> None:
    device_token = known_device(harness)
    try_as_strangers(harness)
    for _ in range(2):
        assert is_known(harness, device_token)
    with pytest.raises(TooManyAttempts):
        harness.start_login(origin=HERE)


def test_codes_that_strangers_got_wrong_are_not_counted_against_a_known_device(
    harness: IdentityHarness, token: Token
) -> None:
    to_next_day(harness)
    device_token = known_device(harness)
    guess_codes(harness, GUESSES_A_DAY)
    with pytest.raises(TooManyAttempts):
        harness.finish_login(harness.start_login().attempt, harness.sent[-1].code)
    assert log_in_from(harness, device_token)


def test_a_known_device_is_limited_too_and_opens_nothing_by_itself(harness: IdentityHarness, token: Token) -> None:
    to_next_day(harness)
    device_token = known_device(harness)
    for _ in range(GUESSES_A_DAY // domain.CODE_TRIES):
        attempt = harness.start_login(device_token=device_token).attempt
        for _ in range(domain.CODE_TRIES):
            with pytest.raises(LoginFailed):
                harness.finish_login(attempt, wrong(harness.sent[-1].code))
    with pytest.raises(TooManyAttempts):
        log_in_from(harness, device_token)
    for _ in range(domain.FREE_LOGINS - 3):
        harness.start_login(password=WRONG_PASSWORD, device_token=device_token)
    with pytest.raises(TooManyAttempts):
        harness.start_login(device_token=device_token)
    assert harness.finish_login(harness.start_login().attempt, harness.sent[-1].code)


def test_a_device_is_known_to_its_own_account_only(harness: IdentityHarness, token: Token) -> None:
    harness.open_account(people.PATIENTS[1], "Voisine")
    attempt = harness.start_login("voisine").attempt
    of_neighbour = harness.finish_login(attempt, harness.sent[-1].code, remember=True).device_token
    try_as_strangers(harness)
    for device_token in (of_neighbour, "invented"):
        assert not is_known(harness, device_token)


@pytest.mark.parametrize("how", ["one", "all", "password", "recovery", "unused"])
def test_a_device_is_forgotten_with_sessions_passwords_and_after_a_year(
    harness: IdentityHarness, token: Token, how: str
) -> None:
    device_token = known_device(harness)
    password = PASSWORD
    if how in {"one", "all"}:
        device_id = harness.list_sessions(token).devices[0].device_id if how == "one" else None
        harness.run(sessions.end_sessions, EndSessions(device_id=device_id), token.actor)
    elif how == "password":
        harness.run(changes.change_password, ChangePassword(current=PASSWORD, password=NEW), token.actor)
        password = NEW
    elif how == "recovery":
        finish(harness, *recover(harness))
        password = NEW
    else:
        harness.wait(domain.DEVICE_LIFE.total_seconds())
    try_as_strangers(harness)
    assert not is_known(harness, device_token, password)


def test_forgetting_a_device_ends_no_session_and_none_of_anybody_else(harness: IdentityHarness, token: Token) -> None:
    known_device(harness)
    device_id = harness.list_sessions(token).devices[0].device_id
    neighbour = harness.open_account(people.PATIENTS[1], "Voisine")
    harness.run(sessions.end_sessions, EndSessions(device_id=device_id), neighbour.actor)
    assert len(harness.list_sessions(token).devices) == 1
    harness.run(sessions.end_sessions, EndSessions(device_id=device_id), token.actor)
    listed = harness.list_sessions(token)
    assert (len(listed.devices), len(listed.sessions)) == (0, 2)


def test_ten_devices_are_known_at_most(harness: IdentityHarness, token: Token) -> None:
    first = known_device(harness)
    for _ in range(domain.MOST_DEVICES):
        harness.wait(1)
        known_device(harness)
    fresh = harness.finish_login(harness.start_login().attempt, harness.sent[-1].code)
    assert len(harness.list_sessions(fresh).devices) == domain.MOST_DEVICES
    try_as_strangers(harness)
    assert not is_known(harness, first)


def test_passkeys_and_recoveries_are_never_delayed_by_others(harness: IdentityHarness, token: Token) -> None:
    device = add_passkey(harness, token, "Téléphone")
    try_as_strangers(harness)
    for number in range(domain.FREE_LOGINS):
        harness.activate(harness.vitale_proof(people.PATIENTS[1]), f"other-{number}", mobile=PATIENT.mobile)
    with pytest.raises(TooManyAttempts):
        harness.activate(harness.vitale_proof(people.PATIENTS[1]), "another", mobile=PATIENT.mobile)
    assert log_in_by(harness, device)
    assert finish(harness, *recover(harness))
