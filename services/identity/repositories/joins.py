"""Which two identities are of one person: a row for each of the two, so that neither can be joined to a third."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, cast, delete, exists, insert, select, update

from chassis.repository import is_one_of
from contracts.identity.joins import JoinStatus
from contracts.vocabulary import PatientId, Role
from services.identity.repositories.sessions import SessionRepository
from services.identity.tables import accounts, joins, sessions


class JoinRepository(SessionRepository):
    """Joins and separates identities; the unit holds the lock of `persons`."""

    def other_of(self, patient_id: PatientId) -> PatientId | None:
        """The other identity of a person."""
        found = self.connection.scalar(select(joins.c.other).where(joins.c.patient_id == patient_id))
        return None if found is None else PatientId(found)

    def ids_of(self, patient_id: PatientId) -> tuple[PatientId, ...]:
        """This identity, and the other one of the same person if there is one."""
        other = self.other_of(patient_id)
        return (patient_id,) if other is None else (patient_id, other)

    def join_status(self, patient_id: PatientId) -> JoinStatus:
        """The other identity of a person, and which of the two is closed."""
        row = self.connection.execute(select(joins).where(joins.c.patient_id == patient_id)).first()
        if row is None:
            return JoinStatus(other=None)
        return JoinStatus(other=PatientId(row.other), closed=row.closed, since=row.since)

    def is_closed(self, patient_id: PatientId) -> bool:
        """Whether this identity was joined to another one, whose account is the person's."""
        return self.join_status(patient_id).closed

    def join(self, kept: PatientId, closed: PatientId, now: datetime) -> bool:
        """Join two identities, of which the account of one opens no more; False where one is joined already."""
        if self.other_of(kept) or self.other_of(closed):
            return False
        self.connection.execute(
            insert(joins),
            [
                {"patient_id": kept, "other": closed, "since": now, "closed": False},
                {"patient_id": closed, "other": kept, "since": now, "closed": True},
            ],
        )
        self._set_joined([closed], now)
        return True

    def separate(self, first: PatientId, second: PatientId) -> bool:
        """Delete a join; False where they are not joined."""
        both = is_one_of(joins.c.patient_id, (first, second)) & is_one_of(joins.c.other, (first, second))
        self._set_joined((first, second), None)
        return self.connection.execute(delete(joins).where(both)).rowcount == 2

    def end_sessions_of_closed(self, now: datetime) -> Sequence[str]:
        """End the sessions of identities that are closed; returns the holder of each."""
        is_closed = exists().where(cast(joins.c.patient_id, Text) == sessions.c.holder, joins.c.closed)
        return self._end_sessions((sessions.c.role == Role.PATIENT.value) & (sessions.c.until > now) & is_closed, now)

    def _set_joined(self, patients: Sequence[PatientId], since: datetime | None) -> None:
        theirs = is_one_of(accounts.c.patient_id, patients)
        self.connection.execute(update(accounts).where(theirs).values(joined_at=since))
