"""How often an account may be guessed at: failures of a day and of a month, and when to notify."""

from datetime import UTC, date, datetime, time, timedelta

CODE_DIGITS = 6
GUESSES_A_DAY = 10
"""Failed codes of one account and purpose, over all its attempts and whoever tries."""
GUESSES_A_MONTH = 20
"""The same in any thirty days: it is this that stops a patient attacker."""
GUESS_WINDOW = timedelta(days=30)
NOTICE_AFTER = 5
"""Failures of a day, passwords included, of which the holder is notified, once."""


def is_within_budget(today: int, earlier: int) -> bool:
    """Whether a guess may succeed; `today` counts it, `earlier`: the days before in the window."""
    return today <= GUESSES_A_DAY and today + earlier <= GUESSES_A_MONTH


def seconds_to_tomorrow(now: datetime) -> int:
    """Until the day of the counts ends, UTC."""
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return max(1, int((tomorrow - now).total_seconds()))


def day_of(now: datetime) -> date:
    """The day a failure is counted on, UTC."""
    return now.astimezone(UTC).date()
