"""Guesses are limited over all attempts and sources; nobody learns from answer or work what was wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg2.extensions
import pytest
from sqlalchemy import event, update

from contracts.errors.execution import ServiceUnavailable, TooManyAttempts
from contracts.errors.request import AccountLocked, LoginFailed
from contracts.identity.events import GuessesFailed
from contracts.identity.logins import ChangePassword, LockAccount
from contracts.identity.people import Token
from contracts.vocabulary import PatientId
from services.identity import tables
from services.identity.domain.guessing import GUESSES_A_DAY, NOTICE_AFTER
from services.identity.handlers import accounts, changes
from tests.integration.identity.harness import NOBODY, PASSWORD, IdentityHarness
from tests.integration.identity.test_identity_recovery import NEW, add_authenticator, finish, recover, wrong

WRONG_PASSWORD = "une phrase devinée au hasard"


@pytest.fixture
def token(harness: IdentityHarness) -> Token:
    return harness.open_account()


def guess_codes(harness: IdentityHarness, count: int) -> None:
    """Wrong codes for attempts begun with the right password, as whoever stole the password tries them."""
    for number in range(count):
        if number % 5 == 0:
            harness.wait(900)
            attempt = harness.start_login().attempt
        with pytest.raises(LoginFailed):
            harness.finish_login(attempt, wrong(harness.sent[-1].code))


def log_in(harness: IdentityHarness) -> Token:
    return harness.finish_login(harness.start_login().attempt, harness.sent[-1].code)


def to_next_day(harness: IdentityHarness, days: int = 1) -> None:
    """To the noon of a later day, UTC."""
    noon = harness.now.replace(hour=12, minute=0, second=0, microsecond=0)
    harness.now = noon + timedelta(days=days)


def notices(harness: IdentityHarness) -> int:
    return sum(isinstance(event, GuessesFailed) for event in harness.events)


def test_wrong_codes_of_a_day_are_limited_over_all_attempts(harness: IdentityHarness, token: Token) -> None:
    to_next_day(harness)
    guess_codes(harness, GUESSES_A_DAY)
    attempt = harness.start_login().attempt
    with pytest.raises(LoginFailed):
        harness.finish_login(attempt, wrong(harness.sent[-1].code))
    with pytest.raises(TooManyAttempts):
        harness.finish_login(attempt, harness.sent[-1].code)
    to_next_day(harness)
    assert log_in(harness).access_token


def test_wrong_codes_of_thirty_days_are_limited_for_the_patient_attacker(
    harness: IdentityHarness, token: Token
) -> None:
    for _ in range(2):
        to_next_day(harness)
        guess_codes(harness, GUESSES_A_DAY)
    to_next_day(harness)
    with pytest.raises(TooManyAttempts):
        log_in(harness)
    to_next_day(harness, days=29)
    assert log_in(harness).access_token


def test_right_codes_take_nothing_of_it(harness: IdentityHarness, token: Token) -> None:
    for _ in range(GUESSES_A_DAY + 2):
        log_in(harness)
    add_authenticator(harness, token)


def test_whoever_does_not_know_the_password_takes_nothing_of_it(harness: IdentityHarness, token: Token) -> None:
    to_next_day(harness)
    for _ in range(4):
        attempt = harness.start_login(password=WRONG_PASSWORD).attempt
        for _ in range(5):
            with pytest.raises(LoginFailed):
                harness.finish_login(attempt, "000000")
    assert log_in(harness).access_token


def test_recovery_is_counted_apart_and_a_new_password_makes_old_guesses_worthless(
    harness: IdentityHarness, token: Token
) -> None:
    to_next_day(harness)
    guess_codes(harness, GUESSES_A_DAY)
    with pytest.raises(TooManyAttempts):
        log_in(harness)
    finish(harness, *recover(harness))
    assert harness.finish_login(harness.start_login(password=NEW).attempt, harness.sent[-1].code).access_token


def test_wrong_codes_of_recoveries_are_limited_too(harness: IdentityHarness, token: Token) -> None:
    to_next_day(harness)
    for _ in range(GUESSES_A_DAY // 5):
        attempt, code = recover(harness)
        for _ in range(5):
            with pytest.raises(LoginFailed):
                finish(harness, attempt, wrong(code))
    with pytest.raises(TooManyAttempts):
        finish(harness, *recover(harness))


def test_the_holder_is_notified_of_failures_once_a_day(harness: IdentityHarness, token: Token) -> None:
    to_next_day(harness)
    for _ in range(2):
        harness.start_login(password=WRONG_PASSWORD)
    guess_codes(harness, NOTICE_AFTER - 3)
    assert notices(harness) == 0
    request = ChangePassword(current=WRONG_PASSWORD, password=NEW)
    fresh = log_in(harness)
    with pytest.raises(LoginFailed):
        harness.run(changes.change_password, request, fresh.actor)
    assert notices(harness) == 1
    guess_codes(harness, 6)
    assert notices(harness) == 1
    to_next_day(harness)
    guess_codes(harness, NOTICE_AFTER)
    assert notices(harness) == 2


def test_a_code_that_was_not_asked_for_is_not_tried(harness: IdentityHarness, token: Token) -> None:
    """Not even if it were the one whose hash is stored."""
    for password in (PASSWORD, WRONG_PASSWORD):
        attempt = harness.start_login(password=password, send=False).attempt
        sealed = harness.tools.codes.seal(UUID(attempt), "493027")
        with harness.engine.begin() as connection:
            mine = tables.code_attempts.c.attempt_id == UUID(attempt)
            connection.execute(update(tables.code_attempts).where(mine).values(sealed=sealed))
        with pytest.raises(LoginFailed):
            harness.finish_login(attempt, "493027")


def test_a_wrong_password_is_not_mended_by_any_code(harness: IdentityHarness, token: Token) -> None:
    app = add_authenticator(harness, token)
    harness.start_login()
    for send in (True, False):
        attempt = harness.start_login(password=WRONG_PASSWORD, send=send).attempt
        for code in (harness.sent[-1].code, app.code()):
            with pytest.raises(LoginFailed):
                harness.finish_login(attempt, code)


def test_an_unavailable_provider_does_not_tell_that_the_password_is_right(
    harness: IdentityHarness, token: Token
) -> None:
    harness.remote.is_away = True
    assert harness.start_login().attempt
    with pytest.raises(ServiceUnavailable):
        recover(harness)


# The same work


@dataclass
class Recorder:
    """The statements that reach the database."""

    statements: list[str] = field(default_factory=list)

    def of(self, do: Callable[[], object]) -> list[str]:
        self.statements.clear()
        try:
            do()
        except LoginFailed:
            self.statements.append("refused")
        return list(self.statements)


@pytest.fixture
def recorder(harness: IdentityHarness) -> Iterator[Recorder]:
    recorder = Recorder()

    class RecordingCursor(psycopg2.extensions.cursor):
        def execute(self, query: Any, vars: Any = None) -> None:
            recorder.statements.append(" ".join(str(query).split()))
            super().execute(query, vars)

    def record(_dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
        parameters["cursor_factory"] = RecordingCursor

    event.listen(harness.engine, "do_connect", record)
    harness.engine.dispose()
    yield recorder
    event.remove(harness.engine, "do_connect", record)


@pytest.mark.parametrize("send", [True, False])
def test_both_steps_do_the_same_work_whatever_is_wrong(
    harness: IdentityHarness, recorder: Recorder, token: Token, send: bool
) -> None:
    tries = {"right": ("adele", PASSWORD), "wrong": ("adele", WRONG_PASSWORD), "unknown": ("nobody", PASSWORD)}
    first, second = {}, {}
    for what, (identifier, password) in tries.items():
        answers = []
        first[what] = recorder.of(lambda: answers.append(harness.start_login(identifier, password, send=send)))  # noqa: B023
        second[what] = recorder.of(lambda: harness.finish_login(answers[0].attempt, "-"))  # noqa: B023
    assert first["right"] == first["wrong"] == first["unknown"]
    assert second["right"] == second["wrong"]
    assert second["right"][-1] == second["unknown"][-1] == "refused"
    assert len(second["right"]) == len(second["unknown"]), (second["right"], second["unknown"])


def test_a_locked_account_answers_like_any_other_until_the_code_is_right(
    harness: IdentityHarness, recorder: Recorder, token: Token
) -> None:
    def tried() -> tuple[list[str], list[str]]:
        answers = []
        first = recorder.of(lambda: answers.append(harness.start_login()))
        return first, recorder.of(lambda: harness.finish_login(answers[0].attempt, "-"))

    before = tried()
    holder = PatientId(UUID(token.actor.subject))
    harness.run(accounts.lock_account, LockAccount(patient_id=holder, locked=True), NOBODY)
    assert tried() == before
    with pytest.raises(AccountLocked):
        log_in(harness)
