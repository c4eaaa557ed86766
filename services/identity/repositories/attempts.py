"""Code attempts and unfinished logins: tries are counted in the same statement that compares."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from chassis.db import fetch
from chassis.repository import Repository
from contracts.vocabulary import PatientId
from services.identity import domain
from services.identity.domain.guessing import is_within_budget
from services.identity.repositories.guesses import COUNT, counted_parameters
from services.identity.tables import code_attempts, unfinished_logins

_PUT = """
INSERT INTO code_attempts (attempt_id, purpose, holder, sealed, opened_by, budget, expires_at)
VALUES (%(attempt)s, %(purpose)s, %(holder)s, %(sealed)s, %(opened_by)s, %(budget)s, %(expires)s) RETURNING 1
"""
_PUT_LOGIN = f"""
WITH put AS ({_PUT})
{COUNT}
"""
_IS_RIGHT = "sealed = %(sealed)s AND holder IS NOT NULL AND opened_by = 'sent'"
_TRY = f"""
WITH tried AS (
    UPDATE code_attempts
    SET tries = tries + 1,
        used_at = CASE WHEN {_IS_RIGHT} AND %(uses_up)s THEN %(now)s END
    WHERE attempt_id = %(attempt)s AND purpose = %(purpose)s
        AND used_at IS NULL AND tries < %(most)s AND expires_at > %(now)s
    RETURNING holder, {_IS_RIGHT} AS is_right, opened_by, budget
), counted AS (
    INSERT INTO failed_guesses AS known (guess_key, day, failures, keep_until)
    SELECT budget, %(day)s, 1, CASE opened_by WHEN 'nothing' THEN %(keep_total)s ELSE %(keep_budget)s END
    FROM tried WHERE budget IS NOT NULL
    ON CONFLICT (guess_key, day) DO UPDATE SET failures = known.failures + 1
    RETURNING failures
), earlier AS (
    SELECT coalesce(sum(failures), 0) AS failures FROM failed_guesses
    WHERE guess_key = (SELECT budget FROM tried) AND day < %(day)s AND day > %(since)s
)
SELECT
    tried.holder::text, tried.is_right, tried.opened_by, tried.budget,
    (SELECT failures FROM counted), (SELECT failures FROM earlier),
    account.identifier, app.sealed, coalesce(account.locked_at, account.deceased_at, account.joined_at),
    account.pending_since
FROM tried
LEFT JOIN accounts AS account ON account.patient_id = tried.holder
LEFT JOIN authenticators AS app ON app.patient_id = tried.holder AND app.confirmed_at IS NOT NULL
"""  # noqa: S608 - as above


class AttemptPurpose(StrEnum):
    """What a code was sent for; it serves for nothing else."""

    ACTIVATION = "activation"
    LOGIN = "login"
    CONTACT = "contact"
    RECOVERY = "recovery"


class OpenedBy(StrEnum):
    """What was asked for, and alone opens the attempt."""

    SENT = "sent"
    APP = "app"
    NOTHING = "nothing"
    """The password was wrong: a decoy, at which nobody but the journal sees a difference."""


@dataclass(frozen=True)
class Attempt:
    """A code that was sent, as its hash, or a hash that no code has; without `holder` it is a decoy.

    `budget`: the key under which failed codes are counted.
    """

    attempt_id: UUID
    purpose: AttemptPurpose
    holder: PatientId | None
    sealed: bytes
    expires_at: datetime
    opened_by: OpenedBy = OpenedBy.SENT
    budget: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class TriedCode:
    """How a try ended, and on whose attempt.

    `app`: the encrypted secret of the holder's app. `is_within_budget`: whether this guess may succeed at all.
    """

    holder: PatientId | None = None
    right: bool = False
    opened_by: OpenedBy = OpenedBy.NOTHING
    budget: bytes | None = None
    is_within_budget: bool = True
    identifier: str = ""
    app: bytes | None = None
    locked_at: datetime | None = None
    pending_since: datetime | None = None


class AttemptRepository(Repository):
    """For transactions of their own: what was counted must outlive the refusal that follows."""

    def put_attempt(self, attempt: Attempt) -> None:
        """Store a new attempt."""
        fetch(self.connection, _PUT, _stored(attempt))

    def put_login(self, attempt: Attempt, total_key: bytes, *, failed: bool, now: datetime) -> int:
        """Store the attempt of a login, and count a wrong password; returns the failures of the day."""
        parameters = _stored(attempt) | counted_parameters(now) | {"key": total_key, "by": int(failed)}
        ((failures,),) = fetch(self.connection, _PUT_LOGIN, parameters)
        return int(failures)

    def try_code(
        self, attempt_id: UUID, purpose: AttemptPurpose, sealed: bytes, now: datetime, *, uses_up: bool = True
    ) -> TriedCode:
        """Count one try, and one guess, and compare; a right code is used up by it, unless it is only shown.

        Unknown, expired, used, exhausted, foreign and decoy attempts are all simply not right. The guess is taken off
        again (`refund_guess`) when something opens the attempt.
        """
        parameters = counted_parameters(now) | {
            "attempt": str(attempt_id),
            "purpose": purpose.value,
            "sealed": sealed,
            "most": domain.CODE_TRIES,
            "uses_up": uses_up,
            "now": now,
        }
        for holder, right, opened_by, budget, today, earlier, identifier, app, locked_at, pending_since in fetch(
            self.connection, _TRY, parameters
        ):
            return TriedCode(
                holder=None if holder is None else PatientId(UUID(holder)),
                right=right,
                opened_by=OpenedBy(opened_by),
                budget=None if budget is None else bytes(budget),
                is_within_budget=today is None or is_within_budget(today, earlier),
                identifier=identifier or "",
                app=None if app is None else bytes(app),
                locked_at=locked_at,
                pending_since=pending_since,
            )
        return TriedCode()

    def forget_attempts_of(self, holder: PatientId) -> None:
        """Delete the attempts of a holder, so that no code that was sent opens one any more."""
        self.connection.execute(delete(code_attempts).where(code_attempts.c.holder == holder))

    def forget_expired_attempts(self, now: datetime) -> None:
        """Delete expired attempts, and counts unchanged for a day."""
        self.connection.execute(delete(code_attempts).where(code_attempts.c.expires_at < now))
        old = unfinished_logins.c.last_at < now - domain.FORGET_LOGINS_AFTER
        self.connection.execute(delete(unfinished_logins).where(old))


def _stored(attempt: Attempt) -> dict[str, Any]:
    return {
        "attempt": str(attempt.attempt_id),
        "purpose": attempt.purpose.value,
        "holder": None if attempt.holder is None else str(attempt.holder),
        "sealed": attempt.sealed,
        "opened_by": attempt.opened_by.value,
        "budget": attempt.budget,
        "expires": attempt.expires_at,
    }
