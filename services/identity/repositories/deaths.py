"""Deaths on file, and what they end in identity: sessions, logins, use of the card."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Text, cast, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.vocabulary import Ins, PatientId, Role
from services.identity.repositories.accounts import AccountRepository
from services.identity.repositories.sessions import SessionRepository
from services.identity.tables import accounts, deaths, ins_numbers, sessions


class DeathRepository(AccountRepository, SessionRepository):
    """Who died."""

    def put_death(self, patient_id: PatientId, died_on: date, now: datetime) -> bool:
        """Enter a death; False where one is on file. The account opens no more."""
        row = insert(deaths).values(patient_id=patient_id, died_on=died_on, reported_at=now)
        if self.connection.execute(row.on_conflict_do_nothing()).rowcount == 0:
            return False
        self._set_deceased(patient_id, now)
        return True

    def forget_death(self, patient_id: PatientId) -> bool:
        """Delete a death; False where none is on file."""
        self._set_deceased(patient_id, None)
        return self.connection.execute(delete(deaths).where(deaths.c.patient_id == patient_id)).rowcount == 1

    def is_deceased(self, patient_id: PatientId) -> bool:
        """Whether a death of this person is on file."""
        return bool(self.connection.scalar(select(exists().where(deaths.c.patient_id == patient_id))))

    def is_ins_of_deceased(self, ins: Ins) -> bool:
        """Whether a death of the person with this INS is on file."""
        is_theirs = (ins_numbers.c.matricule == ins.matricule) & (ins_numbers.c.oid == ins.oid)
        return bool(
            self.connection.scalar(select(exists().where(is_theirs, deaths.c.patient_id == ins_numbers.c.holder)))
        )

    def end_sessions_of_deceased(self, now: datetime) -> Sequence[str]:
        """End the sessions of people whose death is on file; returns the holder of each."""
        is_dead = exists().where(cast(deaths.c.patient_id, Text) == sessions.c.holder)
        lasting = (sessions.c.role == Role.PATIENT.value) & (sessions.c.until > now)
        return self._end_sessions(lasting & is_dead, now)

    def _set_deceased(self, patient_id: PatientId, since: datetime | None) -> None:
        mine = accounts.c.patient_id == patient_id
        self.connection.execute(update(accounts).where(mine).values(deceased_at=since))
