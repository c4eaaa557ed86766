"""What a patient attacker reaches in a year, computed from the limits that are in force."""

import math
from datetime import UTC, datetime, timedelta

from services.identity import domain
from services.identity.domain.guessing import (
    CODE_DIGITS,
    GUESS_WINDOW,
    GUESSES_A_DAY,
    GUESSES_A_MONTH,
    is_within_budget,
    seconds_to_tomorrow,
)
from services.identity.otp import OtpGenerator

YEAR = timedelta(days=365)
MOST_A_YEAR = 0.0005
PASSWORD_GUESSES = 10**8
"""A password is refused when fewer are estimated to find it."""


def codes_a_year() -> int:
    """Guesses at codes of one purpose that may succeed, whatever the number of attempts and sources."""
    by_day = GUESSES_A_DAY * (YEAR // timedelta(days=1))
    by_month = GUESSES_A_MONTH * math.ceil(YEAR / GUESS_WINDOW)
    return min(by_day, by_month)


def passwords_a_day() -> int:
    """Logins that may be started for one identifier in a day, if none is finished."""
    started, seconds, delays = 0, 0, iter(domain.DELAYS)
    while seconds < timedelta(days=1).total_seconds():
        started += 1
        if started >= domain.FREE_LOGINS:
            seconds += next(delays, domain.DELAYS[-1])
    return started


def test_a_year_of_guesses_at_codes_succeeds_in_fewer_than_one_of_two_thousand_accounts() -> None:
    assert len(OtpGenerator(bytes(32)).new_code()) == CODE_DIGITS
    assert codes_a_year() * 10**-CODE_DIGITS < MOST_A_YEAR


def test_a_year_of_guesses_at_the_weakest_password_does_too() -> None:
    assert passwords_a_day() * YEAR.days / PASSWORD_GUESSES < MOST_A_YEAR


def test_one_code_is_tried_less_often_than_a_day_allows() -> None:
    assert domain.CODE_TRIES <= GUESSES_A_DAY <= GUESSES_A_MONTH


def test_a_guess_counts_itself_and_the_days_before() -> None:
    assert is_within_budget(GUESSES_A_DAY, 0)
    assert not is_within_budget(GUESSES_A_DAY + 1, 0)
    assert is_within_budget(1, GUESSES_A_MONTH - 1)
    assert not is_within_budget(1, GUESSES_A_MONTH)


def test_the_day_ends_at_midnight_utc() -> None:
    assert seconds_to_tomorrow(datetime(2030, 3, 1, 23, 59, 30, tzinfo=UTC)) == 30
