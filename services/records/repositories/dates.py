"""What falls due by its date: each thing is taken by one replica, and lets others wait for nothing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select, update

from contracts.vocabulary import ContentId, DocumentId, DocumentStatus, PatientId, RecordStatus
from services.records.tables import (
    depositors,
    documents,
    first_reads,
    folder_documents,
    folders,
    lots,
    pins,
    receipts,
    records,
)


class Appearing(msgspec.Struct, frozen=True):
    """A document whose date has come; `deleted`: it was deleted before."""

    patient_id: PatientId
    document_id: DocumentId
    secret: bool
    deleted: bool


class DestroyedRecord(msgspec.Struct, frozen=True):
    """A document that went with its record; `withheld`: the patient never came to see it."""

    document_id: DocumentId
    content_id: ContentId
    secret: bool
    withheld: bool


class DateRepository:
    """Dates that have come."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def appearing(self, now: datetime, *, most: int) -> Sequence[Appearing]:
        """Documents the patient may see from now on; they stay locked until the transaction ends.

        In a record that is closed or suspended nothing can be seen: there they wait until it is active again.
        """
        rows = self._connection.execute(
            select(
                documents.c.patient_id,
                documents.c.document_id,
                documents.c.hidden_from_representatives,
                documents.c.status,
            )
            .join(records, records.c.patient_id == documents.c.patient_id)
            .where(documents.c.invisible_until <= now, records.c.status == RecordStatus.ACTIVE.value)
            .order_by(documents.c.invisible_until)
            .limit(most)
            .with_for_update(skip_locked=True, of=documents)
        )
        return [_appearing(row) for row in rows]

    def show(self, patient_id: PatientId, document_id: DocumentId, entry_uuid: str, now: datetime) -> None:
        """Take the mark off: a new entryUUID and version."""
        self._connection.execute(
            update(documents)
            .where(documents.c.patient_id == patient_id, documents.c.document_id == document_id)
            .values(invisible_until=None, entry_uuid=entry_uuid, version=documents.c.version + 1, changed_at=now)
        )

    def come_of_age(self, today: date, *, most: int) -> Sequence[PatientId]:
        """Records whose holders are of age from today on, each once."""
        due = (
            select(records.c.patient_id)
            .where(records.c.majority_on <= today)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        rows = self._connection.execute(
            update(records)
            .where(records.c.patient_id.in_(due))
            .values(majority_on=None)
            .returning(records.c.patient_id)
        )
        return [PatientId(one) for one in rows.scalars()]

    def to_purge(self, today: date, *, most: int) -> Sequence[PatientId]:
        """Closed records whose time is over; they stay locked until the transaction ends."""
        rows = self._connection.execute(
            select(records.c.patient_id)
            .where(records.c.purge_on <= today, records.c.status == RecordStatus.CLOSED.value)
            .order_by(records.c.purge_on)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return [PatientId(one) for one in rows.scalars()]

    def destroy(self, patient_id: PatientId) -> Sequence[DestroyedRecord]:
        """Take a record and everything about it off the shelves; answers what its documents were."""
        gone = self._connection.execute(
            delete(documents)
            .where(documents.c.patient_id == patient_id)
            .returning(
                documents.c.document_id,
                documents.c.content_id,
                documents.c.hidden_from_representatives,
                documents.c.invisible_until,
            )
        ).all()
        for table in (folders, folder_documents, pins, lots, depositors, receipts, first_reads, records):
            self._connection.execute(delete(table).where(table.c.patient_id == patient_id))
        return [_destroyed(row) for row in gone]


def _appearing(row: Any) -> Appearing:
    return Appearing(
        PatientId(row.patient_id),
        DocumentId(row.document_id),
        row.hidden_from_representatives,
        row.status == DocumentStatus.DELETED.value,
    )


def _destroyed(row: Any) -> DestroyedRecord:
    return DestroyedRecord(
        DocumentId(row.document_id),
        ContentId(row.content_id),
        secret=row.hidden_from_representatives,
        withheld=row.invisible_until is not None,
    )
