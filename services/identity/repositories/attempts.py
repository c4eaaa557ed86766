"""Code attempts and unfinished logins: tries are counted in the same statement that compares."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import case, delete, update

from chassis.db import fetch
from chassis.repository import Repository
from contracts.vocabulary import PatientId
from services.identity import domain
from services.identity.tables import code_attempts, unfinished_logins

_PUT = """
INSERT INTO code_attempts (attempt_id, purpose, holder, sealed, expires_at)
VALUES (%(attempt)s, %(purpose)s, %(holder)s, %(sealed)s, %(expires)s) RETURNING 1
"""


class AttemptPurpose(StrEnum):
    """What a code was sent for; it serves for nothing else."""

    ACTIVATION = "activation"
    LOGIN = "login"
    CONTACT = "contact"
    RECOVERY = "recovery"


@dataclass(frozen=True)
class Attempt:
    """A code that was sent, as its hash; without `holder` it is a decoy that no code opens."""

    attempt_id: UUID
    purpose: AttemptPurpose
    holder: PatientId | None
    sealed: bytes
    expires_at: datetime


@dataclass(frozen=True)
class AttemptResult:
    """How a try ended, and on whose attempt."""

    holder: PatientId | None
    right: bool


class AttemptRepository(Repository):
    """For transactions of their own: what was counted must outlive the refusal that follows."""

    def put_attempt(self, attempt: Attempt) -> None:
        """Store a new attempt."""
        parameters = {
            "attempt": str(attempt.attempt_id),
            "purpose": attempt.purpose.value,
            "holder": None if attempt.holder is None else str(attempt.holder),
            "sealed": attempt.sealed,
            "expires": attempt.expires_at,
        }
        fetch(self.connection, _PUT, parameters)

    def try_code(
        self, attempt_id: UUID, purpose: AttemptPurpose, sealed: bytes, now: datetime, *, uses_up: bool = True
    ) -> AttemptResult:
        """Count one try and compare; a right code is used up by it, unless it is only shown.

        Unknown, expired, used, exhausted, foreign and decoy attempts are all simply not right.
        """
        columns = code_attempts.c
        open_attempt = (
            (columns.attempt_id == attempt_id)
            & (columns.purpose == purpose.value)
            & columns.used_at.is_(None)
            & (columns.tries < domain.CODE_TRIES)
            & (columns.expires_at > now)
        )
        matches = (columns.sealed == sealed) & columns.holder.is_not(None)
        counted = (
            update(code_attempts)
            .where(open_attempt)
            .values(tries=columns.tries + 1, used_at=case((matches, now), else_=None) if uses_up else None)
            .returning(columns.holder, matches.label("is_right"))
        )
        row = self.connection.execute(counted).first()
        if row is None:
            return AttemptResult(holder=None, right=False)
        return AttemptResult(holder=row.holder, right=bool(row.is_right))

    def forget_attempts_of(self, holder: PatientId) -> None:
        """Delete the attempts of a holder, so that no code that was sent opens one any more."""
        self.connection.execute(delete(code_attempts).where(code_attempts.c.holder == holder))

    def forget_expired_attempts(self, now: datetime) -> None:
        """Delete expired attempts, and counts unchanged for a day."""
        self.connection.execute(delete(code_attempts).where(code_attempts.c.expires_at < now))
        old = unfinished_logins.c.last_at < now - domain.FORGET_LOGINS_AFTER
        self.connection.execute(delete(unfinished_logins).where(old))
