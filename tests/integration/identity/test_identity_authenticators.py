"""Authenticator apps: proven by their first code, no code twice, nobody else's, changed only right after a login."""

from collections.abc import Callable

import pyotp
import pytest
from cryptography.exceptions import InvalidTag

from contracts.errors.execution import AuthenticatorExists
from contracts.errors.request import LoginFailed, LoginTooOld
from contracts.identity.events import AuthenticatorChanged
from contracts.identity.logins import BeginAuthenticator, ConfirmAuthenticator, LoginMethod, RemoveAuthenticator
from contracts.identity.people import Token
from deploy.dev import people
from services.identity.handlers import authenticators
from tests.integration.identity.harness import IdentityHarness


class AuthenticatorApp:
    """An app on somebody's phone."""

    def __init__(self, harness: IdentityHarness, secret: str) -> None:
        self._harness = harness
        self._totp = pyotp.TOTP(secret)

    def code(self, drift: float = 0) -> str:
        return self._totp.at(int(self._harness.now.timestamp() + drift))


def begin(harness: IdentityHarness, token: Token) -> AuthenticatorApp:
    offered = harness.run(authenticators.begin_authenticator, BeginAuthenticator(), token.actor)
    assert offered.uri.startswith("otpauth://totp/Carnet:adele?secret=" + offered.secret)
    return AuthenticatorApp(harness, offered.secret)


def confirm(harness: IdentityHarness, token: Token, code: str) -> None:
    harness.run(authenticators.confirm_authenticator, ConfirmAuthenticator(code=code), token.actor)


def remove(harness: IdentityHarness, token: Token) -> None:
    harness.run(authenticators.remove_authenticator, RemoveAuthenticator(), token.actor)


def log_in(harness: IdentityHarness, code: Callable[[], str]) -> Token:
    return harness.finish_login(harness.start_login(send=False).attempt, code())


@pytest.fixture
def token(harness: IdentityHarness) -> Token:
    return harness.open_account()


@pytest.fixture
def app(harness: IdentityHarness, token: Token) -> AuthenticatorApp:
    """An app that opens the account from the next step on."""
    app = begin(harness, token)
    confirm(harness, token, app.code())
    harness.wait(30)
    return app


def test_its_code_opens_the_account_and_nothing_is_sent(harness: IdentityHarness, app: AuthenticatorApp) -> None:
    sent = len(harness.sent)
    token = log_in(harness, app.code)
    assert len(harness.sent) == sent
    assert harness.list_sessions(token).sessions[0].means is LoginMethod.AUTHENTICATOR


def test_no_code_opens_twice_nor_one_before_it(harness: IdentityHarness, app: AuthenticatorApp) -> None:
    log_in(harness, app.code)
    for drift in (0, -30):
        with pytest.raises(LoginFailed):
            log_in(harness, lambda drift=drift: app.code(drift))  # type: ignore[misc]
    harness.wait(30)
    log_in(harness, app.code)


@pytest.mark.parametrize("drift", [-60, -30, 30, 60])
def test_no_code_opens_outside_its_thirty_seconds(
    harness: IdentityHarness, app: AuthenticatorApp, drift: int
) -> None:
    harness.wait(60)
    with pytest.raises(LoginFailed):
        log_in(harness, lambda: app.code(drift))
    log_in(harness, app.code)


def test_a_code_that_was_sent_still_opens_for_those_whose_phone_is_lost(
    harness: IdentityHarness, app: AuthenticatorApp
) -> None:
    attempt = harness.start_login().attempt
    assert harness.finish_login(attempt, harness.sent[-1].code).actor.subject


def test_an_attempt_is_opened_once_and_only_by_what_was_asked_for(
    harness: IdentityHarness, app: AuthenticatorApp
) -> None:
    by_code = harness.start_login().attempt
    with pytest.raises(LoginFailed):
        harness.finish_login(by_code, app.code())
    harness.finish_login(by_code, harness.sent[-1].code)
    by_app = harness.start_login(send=False).attempt
    harness.finish_login(by_app, app.code())
    harness.wait(30)
    with pytest.raises(LoginFailed):
        harness.finish_login(by_app, app.code())


def test_tries_are_counted_together(harness: IdentityHarness, app: AuthenticatorApp) -> None:
    attempt = harness.start_login(send=False).attempt
    for _ in range(5):
        with pytest.raises(LoginFailed):
            harness.finish_login(attempt, "000000")
    with pytest.raises(LoginFailed):
        harness.finish_login(attempt, app.code())


def test_an_app_that_is_not_proven_opens_nothing(harness: IdentityHarness, token: Token) -> None:
    app = begin(harness, token)
    with pytest.raises(LoginFailed):
        log_in(harness, app.code)
    with pytest.raises(LoginFailed):
        confirm(harness, token, "000000")


def test_a_wrong_password_is_not_mended_by_a_right_code(harness: IdentityHarness, app: AuthenticatorApp) -> None:
    attempt = harness.start_login(password="une autre phrase que personne", send=False).attempt
    with pytest.raises(LoginFailed):
        harness.finish_login(attempt, app.code())


def test_a_second_app_waits_until_the_first_is_taken_off(
    harness: IdentityHarness, token: Token, app: AuthenticatorApp
) -> None:
    with pytest.raises(AuthenticatorExists):
        begin(harness, token)
    remove(harness, token)
    with pytest.raises(LoginFailed):
        log_in(harness, app.code)
    other = begin(harness, token)
    confirm(harness, token, other.code())


def test_a_login_that_is_too_old_changes_nothing(harness: IdentityHarness, token: Token) -> None:
    harness.wait(301)
    with pytest.raises(LoginTooOld):
        begin(harness, token)
    with pytest.raises(LoginTooOld):
        remove(harness, token)


def test_the_holder_is_notified_of_each_change(harness: IdentityHarness, token: Token, app: AuthenticatorApp) -> None:
    remove(harness, token)
    remove(harness, token)
    changes = [event for event in harness.events if isinstance(event, AuthenticatorChanged)]
    assert len(changes) == 2, "added, and removed once"


def test_what_is_kept_of_a_secret_opens_for_its_own_patient_only(harness: IdentityHarness, token: Token) -> None:
    secret = harness.tools.authenticators.new_secret()
    mine, other = (harness.admit(harness.vitale_proof(patient)).patient_id for patient in people.PATIENTS[:2])
    sealed = harness.tools.authenticators.seal(mine, secret)
    assert secret.encode() not in sealed
    code = AuthenticatorApp(harness, secret).code()
    assert harness.tools.authenticators.step_of(mine, sealed, code, harness.now) is not None
    with pytest.raises(InvalidTag):
        harness.tools.authenticators.step_of(other, sealed, code, harness.now)
