"""Failed guesses by key and day: counted in one statement, so that guesses at the same time are counted in turn."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from chassis.db import fetch
from chassis.repository import Repository
from services.identity.domain.guessing import GUESS_WINDOW, day_of
from services.identity.tables import failed_guesses

COUNT = """
INSERT INTO failed_guesses AS known (guess_key, day, failures, keep_until)
VALUES (%(key)s, %(day)s, %(by)s, %(keep_total)s)
ON CONFLICT (guess_key, day) DO UPDATE SET failures = known.failures + %(by)s
RETURNING failures
"""
REFUND = """
UPDATE failed_guesses SET failures = greatest(failures - 1, 0)
WHERE guess_key = %(budget)s AND day = %(day)s
RETURNING 1
"""


def counted_parameters(now: datetime) -> dict[str, Any]:
    """The days that statements which count guesses need."""
    day = day_of(now)
    return {
        "day": day,
        "since": day - GUESS_WINDOW,
        "keep_budget": day + GUESS_WINDOW,
        "keep_total": day + timedelta(days=1),
    }


class GuessRepository(Repository):
    """For single statements in autocommit: what was counted must outlive the refusal that follows."""

    def count_failure(self, total_key: bytes, now: datetime) -> int:
        """Count a failure of the day; returns how many there were."""
        ((failures,),) = fetch(self.connection, COUNT, counted_parameters(now) | {"key": total_key, "by": 1})
        return int(failures)

    def refund_guess(self, budget: bytes, now: datetime) -> None:
        """Take a guess off again that was right."""
        fetch(self.connection, REFUND, counted_parameters(now) | {"budget": budget})

    def forget_old_guesses(self, now: datetime) -> None:
        """Delete counts that limit nothing any more."""
        self.connection.execute(delete(failed_guesses).where(failed_guesses.c.keep_until < day_of(now)))
