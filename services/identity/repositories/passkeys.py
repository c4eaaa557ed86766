"""Passkeys of patients, and challenges that wait to be signed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.vocabulary import PatientId
from services.identity.tables import passkey_challenges, passkeys


@dataclass(frozen=True)
class Passkey:
    """A key with its holder and what verifies its signatures."""

    patient_id: PatientId
    credential_id: bytes
    public_key: bytes
    sign_count: int
    label: str
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True)
class Challenge:
    """Bytes to be signed: by a new key of `holder`, or where that is None by any key, to log in."""

    challenge: bytes
    holder: PatientId | None


class PasskeyRepository(Repository):
    """Public keys, and challenges that are taken once."""

    def put_challenge(self, attempt: UUID, challenge: Challenge, expires_at: datetime) -> None:
        """Store a challenge."""
        self.connection.execute(
            insert(passkey_challenges).values(
                attempt_id=attempt, challenge=challenge.challenge, holder=challenge.holder, expires_at=expires_at
            )
        )

    def take_challenge(self, attempt: UUID, now: datetime) -> Challenge | None:
        """Delete and return a challenge that has not expired."""
        columns = passkey_challenges.c
        taken = delete(passkey_challenges).where(columns.attempt_id == attempt, columns.expires_at > now)
        row = self.connection.execute(taken.returning(columns.challenge, columns.holder)).first()
        if row is None:
            return None
        return Challenge(bytes(row.challenge), PatientId(row.holder) if row.holder else None)

    def put_passkey(self, passkey: Passkey) -> bool:
        """Store a new key; False where somebody has it already."""
        row = insert(passkeys).values({column.name: getattr(passkey, column.name) for column in passkeys.c})
        return self.connection.execute(row.on_conflict_do_nothing()).rowcount == 1

    def passkeys_of(self, patient_id: PatientId) -> Sequence[Passkey]:
        """A patient's keys, the newest first."""
        query = select(passkeys).where(passkeys.c.patient_id == patient_id).order_by(passkeys.c.added_at.desc())
        return [_passkey(row) for row in self.connection.execute(query)]

    def passkey(self, credential_id: bytes) -> Passkey | None:
        """A key by its credential id."""
        row = self.connection.execute(select(passkeys).where(passkeys.c.credential_id == credential_id)).first()
        return None if row is None else _passkey(row)

    def note_use(self, passkey: Passkey, sign_count: int, now: datetime) -> None:
        """Store the new sign count and the time of use."""
        mine = passkeys.c.credential_id == passkey.credential_id
        self.connection.execute(update(passkeys).where(mine).values(sign_count=sign_count, used_at=now))

    def remove_passkey(self, patient_id: PatientId, credential_id: bytes) -> bool:
        """Delete a key; False where the patient has none of that id."""
        mine = (passkeys.c.patient_id == patient_id) & (passkeys.c.credential_id == credential_id)
        return self.connection.execute(delete(passkeys).where(mine)).rowcount == 1

    def remove_passkeys(self, patient_id: PatientId, *, but: Collection[bytes]) -> int:
        """Delete a patient's keys except these; returns how many there were."""
        others = (passkeys.c.patient_id == patient_id) & passkeys.c.credential_id.not_in(but)
        return self.connection.execute(delete(passkeys).where(others)).rowcount

    def forget_challenges_of(self, patient_id: PatientId) -> None:
        """Delete challenges for new keys of this patient."""
        self.connection.execute(delete(passkey_challenges).where(passkey_challenges.c.holder == patient_id))

    def forget_expired_challenges(self, now: datetime) -> None:
        """Delete challenges that nobody signed in time."""
        self.connection.execute(delete(passkey_challenges).where(passkey_challenges.c.expires_at <= now))


def _passkey(row: Any) -> Passkey:
    return Passkey(
        patient_id=PatientId(row.patient_id),
        credential_id=bytes(row.credential_id),
        public_key=bytes(row.public_key),
        sign_count=row.sign_count,
        label=row.label,
        added_at=row.added_at,
        used_at=row.used_at,
    )
