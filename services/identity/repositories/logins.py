"""Logins under way: counts of unfinished ones, and each step of a login as one statement, for its speed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from chassis.db import fetch
from chassis.repository import Repository
from contracts.identity.logins import Session
from contracts.identity.people import Contact
from contracts.vocabulary import PatientId, Role
from services.identity import domain
from services.identity.domain.guessing import day_of
from services.identity.repositories.accounts import Account
from services.identity.tables import failed_guesses, unfinished_logins


@dataclass(frozen=True)
class BegunLogin:
    """Seconds to wait, 0 where the login may go on, and the account of the identifier, if any."""

    wait: int
    account: Account | None


def _counted(key: str, free: str, only_if: str = "") -> str:
    """SQL that counts one more unfinished login under a key; no row, and no count, while the key must wait.

    The row is locked before its delay is checked: logins at the same time are counted in turn.
    """
    return f"""
    INSERT INTO unfinished_logins AS one (login_key, started, last_at)
    SELECT %({key})s::bytea, 1, %(now)s WHERE %({key})s IS NOT NULL {only_if}
    ON CONFLICT (login_key) DO UPDATE SET started = one.started + 1, last_at = %(now)s
    WHERE one.started < %({free})s OR one.last_at + make_interval(
        secs => (%(delays)s)[least(one.started - %({free})s + 1, array_length(%(delays)s, 1))]) <= %(now)s
    RETURNING 1
    """


_COUNT = f"""
WITH counted AS ({_counted("login", "free")})
SELECT EXISTS (SELECT FROM counted)
"""  # noqa: S608 - nothing in it comes from outside
_BEGIN = f"""
WITH login AS ({_counted("login", "free")}),
origin AS ({_counted("origin", "free_of_origin", "AND EXISTS (SELECT FROM login)")})
SELECT
    EXISTS (SELECT FROM login), EXISTS (SELECT FROM origin) OR %(origin)s IS NULL,
    account.patient_id::text, account.identifier, account.password_hash,
    CASE WHEN account.email_verified THEN account.email END, CASE WHEN account.mobile_verified THEN account.mobile END
FROM (SELECT) AS always
LEFT JOIN identifiers AS name ON name.identifier = %(identifier)s
LEFT JOIN accounts AS account ON account.patient_id = name.holder
"""  # noqa: S608 - as above
_LET_IN = """
WITH step AS (
    UPDATE authenticators SET last_step = %(step)s
    WHERE %(step)s IS NOT NULL AND patient_id = %(holder)s AND confirmed_at IS NOT NULL
        AND (last_step IS NULL OR last_step < %(step)s)
    RETURNING 1
), opened AS (
    UPDATE code_attempts SET used_at = %(now)s
    WHERE attempt_id = %(attempt)s AND used_at IS NULL AND EXISTS (SELECT FROM step)
    RETURNING 1
), let_in AS (
    SELECT WHERE %(step)s IS NULL OR EXISTS (SELECT FROM opened)
), refunded AS (
    UPDATE failed_guesses SET failures = greatest(failures - 1, 0)
    WHERE guess_key = %(login)s AND day = %(day)s AND EXISTS (SELECT FROM let_in)
), gone AS (
    DELETE FROM unfinished_logins WHERE login_key = %(login)s AND EXISTS (SELECT FROM let_in)
), fewer AS (
    UPDATE unfinished_logins SET started = started - 1
    WHERE login_key = %(origin)s AND started > 0 AND EXISTS (SELECT FROM let_in)
)
INSERT INTO sessions (session_id, role, holder, means, device, started_at, until)
SELECT %(session)s, %(role)s, %(holder)s, %(means)s, %(device)s, %(now)s, %(until)s FROM let_in
RETURNING 1
"""


@dataclass(frozen=True)
class SuccessfulLogin:
    """A login about to succeed: its holder, attempt and session, and the keys it was counted under.

    `step`: of the app's time, where its code opened the attempt; None where the code that was sent did.
    """

    holder: PatientId
    attempt_id: UUID
    step: int | None
    session: Session
    login_key: bytes
    origin_key: bytes | None


class LoginRepository(Repository):
    """For single statements in autocommit: what was counted must outlive the refusal that follows."""

    def count_login(self, login_key: bytes, now: datetime) -> int:
        """Count the start of a login and return 0; or count nothing and return the seconds to wait."""
        parameters = {"login": login_key, "free": domain.FREE_LOGINS, "delays": list(domain.DELAYS), "now": now}
        ((is_counted,),) = fetch(self.connection, _COUNT, parameters)
        return 0 if is_counted else self._wait(login_key, now, domain.FREE_LOGINS)

    def begin_login(
        self, identifier: str, login_key: bytes, origin_key: bytes | None, now: datetime, *, free_of_origin: int
    ) -> BegunLogin:
        """Count the start of a login under its identifier, then under its network address, and look the account up.

        Args:
            free_of_origin: how many may be unfinished from one address before the first wait.
        """
        parameters = {
            "identifier": identifier,
            "login": login_key,
            "origin": origin_key,
            "free": domain.FREE_LOGINS,
            "free_of_origin": free_of_origin,
            "delays": list(domain.DELAYS),
            "now": now,
        }
        ((is_counted, origin_is_counted, *account),) = fetch(self.connection, _BEGIN, parameters)
        wait = 0
        if not is_counted:
            wait = self._wait(login_key, now, domain.FREE_LOGINS)
        elif origin_key is not None and not origin_is_counted:
            wait = self._wait(origin_key, now, free_of_origin)
        return BegunLogin(wait, _account(*account))

    def let_in(self, login: SuccessfulLogin) -> bool:
        """Begin the session, reset the count of its identifier, and lower those of its guesses and network address.

        False, and nothing is done, where the app's step of time, a later one, or the attempt was used before.
        """
        session = login.session
        parameters = {
            "holder": str(login.holder),
            "attempt": str(login.attempt_id),
            "step": login.step,
            "login": login.login_key,
            "origin": login.origin_key,
            "session": str(session.session_id),
            "role": Role.PATIENT.value,
            "means": session.means.value,
            "device": session.device,
            "now": session.started_at,
            "until": session.until,
            "day": day_of(session.started_at),
        }
        return bool(fetch(self.connection, _LET_IN, parameters))

    def forget_logins(self, login_key: bytes) -> None:
        """Delete the counts under this key, of unfinished logins and of failed guesses."""
        self.connection.execute(delete(unfinished_logins).where(unfinished_logins.c.login_key == login_key))
        self.connection.execute(delete(failed_guesses).where(failed_guesses.c.guess_key == login_key))

    def _wait(self, key: bytes, now: datetime, free: int) -> int:
        """Seconds to wait, at least one: the count may have been reset since."""
        columns = unfinished_logins.c
        query = select(columns.started, columns.last_at).where(columns.login_key == key)
        row = self.connection.execute(query).first()
        return max(1, domain.seconds_to_wait(row.started, row.last_at, now, free=free)) if row else 1


def _account(
    patient_id: str | None, identifier: Any, password_hash: Any, email: str | None, mobile: str | None
) -> Account | None:
    if patient_id is None:
        return None
    contact = Contact(email=email, mobile=mobile)
    return Account(PatientId(UUID(patient_id)), identifier, password_hash, contact)
