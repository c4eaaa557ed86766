"""How far each reader of a record has read its notices."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository, is_one_of
from contracts.consent.permits import Permit
from contracts.vocabulary import PatientId
from services.notify.tables import notices, seen


class SeenRepository(Repository):
    """Keeps one notice for each record and reader: the newest they have seen."""

    def seen_until(self, permit: Permit, reader: UUID) -> UUID | None:
        """The id of that notice; None: the reader has marked nothing."""
        query = (
            select(seen.c.notice_id)
            .where(is_one_of(seen.c.patient_id, permit.ids), seen.c.reader == reader)
            .order_by(seen.c.notice_id.desc())
            .limit(1)
        )
        return self.connection.execute(query).scalar_one_or_none()

    def mark(self, patient_id: PatientId, permit: Permit, reader: UUID, until: UUID) -> None:
        """Mark up to the newest notice of the record that is not newer than `until`; never back.

        An id that no notice has yet would hide those that come.
        """
        newest = (
            select(notices.c.notice_id)
            .where(is_one_of(notices.c.patient_id, permit.ids), notices.c.notice_id <= until)
            .order_by(notices.c.notice_id.desc())
            .limit(1)
        )
        found = self.connection.execute(newest).scalar_one_or_none()
        if found is None:
            return
        statement = insert(seen).values(patient_id=patient_id, reader=reader, notice_id=found)
        self.connection.execute(
            statement.on_conflict_do_update(
                index_elements=[seen.c.patient_id, seen.c.reader],
                set_={"notice_id": func.greatest(seen.c.notice_id, statement.excluded.notice_id)},
            )
        )
