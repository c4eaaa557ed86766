"""Authenticator apps: proven by their first code, no code twice, nobody else's, changed only right after a login."""

from collections.abc import Callable

import pyotp
import pytest
from cryptography.exceptions import InvalidTag

from contracts.errors import AuthenticatorExists, LoginFailed, LoginTooOld
from contracts.identity import AuthenticatorChanged, ConfirmAuthenticator, Means, Token
from deploy.dev import people
from services.identity.actions import authenticators
from tests.integration.identity.flat import Flat


class App:
    """An app on somebody's telephone."""

    def __init__(self, flat: Flat, secret: str) -> None:
        self._flat = flat
        self._totp = pyotp.TOTP(secret)

    def code(self, drift: float = 0) -> str:
        return self._totp.at(int(self._flat.now.timestamp() + drift))


def begin(flat: Flat, token: Token) -> App:
    with flat.unit() as (cellar, _):
        offered = authenticators.begin_authenticator(token.actor, now=flat.now, cellar=cellar, desk=flat.desk)
    assert offered.uri.startswith("otpauth://totp/Carnet:adele?secret=" + offered.secret)
    return App(flat, offered.secret)


def confirm(flat: Flat, token: Token, code: str) -> None:
    with flat.unit() as (cellar, events):
        message = ConfirmAuthenticator(code=code)
        authenticators.confirm_authenticator(
            message, token.actor, now=flat.now, cellar=cellar, desk=flat.desk, events=events
        )


def remove(flat: Flat, token: Token) -> None:
    with flat.unit() as (cellar, events):
        authenticators.remove_authenticator(token.actor, now=flat.now, cellar=cellar, events=events)


def log_in(flat: Flat, code: Callable[[], str]) -> Token:
    return flat.finish_login(flat.start_login(send=False).attempt, code())


@pytest.fixture
def token(flat: Flat) -> Token:
    return flat.open_account()


@pytest.fixture
def app(flat: Flat, token: Token) -> App:
    """An app that opens the account from the next step on."""
    app = begin(flat, token)
    confirm(flat, token, app.code())
    flat.wait(30)
    return app


def test_its_code_opens_the_account_and_nothing_is_sent(flat: Flat, app: App) -> None:
    sent = len(flat.sent)
    token = log_in(flat, app.code)
    assert len(flat.sent) == sent
    assert flat.list_sessions(token).sessions[0].means is Means.AUTHENTICATOR


def test_no_code_opens_twice_nor_one_before_it(flat: Flat, app: App) -> None:
    log_in(flat, app.code)
    for drift in (0, -30):
        with pytest.raises(LoginFailed):
            log_in(flat, lambda drift=drift: app.code(drift))  # type: ignore[misc]
    flat.wait(30)
    log_in(flat, app.code)


@pytest.mark.parametrize("drift", [-60, -30, 30, 60])
def test_no_code_opens_outside_its_thirty_seconds(flat: Flat, app: App, drift: int) -> None:
    flat.wait(60)
    with pytest.raises(LoginFailed):
        log_in(flat, lambda: app.code(drift))
    log_in(flat, app.code)


def test_a_code_that_was_sent_still_opens_for_those_whose_telephone_is_lost(flat: Flat, app: App) -> None:
    attempt = flat.start_login().attempt
    assert flat.finish_login(attempt, flat.sent[-1].code).actor.subject


def test_an_attempt_is_opened_once_by_whatever_means(flat: Flat, app: App) -> None:
    attempt = flat.start_login().attempt
    flat.finish_login(attempt, app.code())
    with pytest.raises(LoginFailed):
        flat.finish_login(attempt, flat.sent[-1].code)


def test_tries_are_counted_together(flat: Flat, app: App) -> None:
    attempt = flat.start_login(send=False).attempt
    for _ in range(5):
        with pytest.raises(LoginFailed):
            flat.finish_login(attempt, "000000")
    with pytest.raises(LoginFailed):
        flat.finish_login(attempt, app.code())


def test_an_app_that_is_not_proven_opens_nothing(flat: Flat, token: Token) -> None:
    app = begin(flat, token)
    with pytest.raises(LoginFailed):
        log_in(flat, app.code)
    with pytest.raises(LoginFailed):
        confirm(flat, token, "000000")


def test_a_wrong_password_is_not_mended_by_a_right_code(flat: Flat, app: App) -> None:
    attempt = flat.start_login(password="une autre phrase que personne", send=False).attempt
    with pytest.raises(LoginFailed):
        flat.finish_login(attempt, app.code())


def test_a_second_app_waits_until_the_first_is_taken_off(flat: Flat, token: Token, app: App) -> None:
    with pytest.raises(AuthenticatorExists):
        begin(flat, token)
    remove(flat, token)
    with pytest.raises(LoginFailed):
        log_in(flat, app.code)
    other = begin(flat, token)
    confirm(flat, token, other.code())


def test_a_login_that_is_too_old_changes_nothing(flat: Flat, token: Token) -> None:
    flat.wait(301)
    with pytest.raises(LoginTooOld):
        begin(flat, token)
    with pytest.raises(LoginTooOld):
        remove(flat, token)


def test_each_change_is_told_to_its_holder(flat: Flat, token: Token, app: App) -> None:
    remove(flat, token)
    remove(flat, token)
    told = [event for event in flat.events if isinstance(event, AuthenticatorChanged)]
    assert len(told) == 2, "added, and taken off once"


def test_what_is_kept_of_a_secret_opens_for_its_own_patient_only(flat: Flat, token: Token) -> None:
    secret = flat.desk.apps.new_secret()
    mine, other = (flat.admit(flat.vitale_proof(one)).patient_id for one in people.PATIENTS[:2])
    sealed = flat.desk.apps.seal(mine, secret)
    assert secret.encode() not in sealed
    code = App(flat, secret).code()
    assert flat.desk.apps.step_of(mine, sealed, code, flat.now) is not None
    with pytest.raises(InvalidTag):
        flat.desk.apps.step_of(other, sealed, code, flat.now)
