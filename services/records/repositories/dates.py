"""Rows that are due by a date; each is taken by one replica, and replicas do not wait for each other."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select, update

from contracts.vocabulary import ContentId, DocumentId, DocumentStatus, PatientId, RecordStatus
from services.records.tables import (
    consents,
    depositors,
    documents,
    first_reads,
    folder_documents,
    folders,
    lots,
    pins,
    professional_visits,
    receipts,
    records,
    replacements,
)


class AppearingDocument(msgspec.Struct, frozen=True):
    """A document whose date has come; `secret`: hidden from representatives. `deleted`: it was deleted before."""

    patient_id: PatientId
    document_id: DocumentId
    secret: bool
    deleted: bool


class DestroyedDocument(msgspec.Struct, frozen=True):
    """A document destroyed with its record; `withheld`: its date had not come yet."""

    document_id: DocumentId
    content_id: ContentId
    secret: bool
    withheld: bool


class DateRepository:
    """Documents and records whose date has come."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def appearing(self, now: datetime, *, most: int) -> Sequence[AppearingDocument]:
        """Documents the patient may see from now on, earliest date first; locked until the transaction ends.

        Nothing can be seen in a closed or suspended record: its documents wait until it is active again.
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
        """Remove the mark INVISIBLE_PATIENT; the document gets this entryUUID and a new version.

        One that was deleted before it appeared is never shown to the patient, nor what followed from it.
        """
        self._connection.execute(
            update(documents)
            .where(documents.c.patient_id == patient_id, documents.c.document_id == document_id)
            .values(
                invisible_until=None,
                entry_uuid=entry_uuid,
                version=documents.c.version + 1,
                changed_at=now,
                never_shown=documents.c.status == DocumentStatus.DELETED.value,
            )
        )

    def come_of_age(self, today: date, *, most: int) -> Sequence[PatientId]:
        """Records whose holders are of age from today on; each is returned once, ever."""
        due = (
            select(records.c.patient_id)
            .where(records.c.majority_on <= today)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        rows = self._connection.execute(
            update(records)
            .where(records.c.patient_id.in_(due))
            .values(majority_on=None, masked_in_place=None, masked_by=None)
            .returning(records.c.patient_id)
        )
        return [PatientId(patient_id) for patient_id in rows.scalars()]

    def to_purge(self, today: date, *, most: int) -> Sequence[PatientId]:
        """Closed records whose retention is over, earliest first; locked until the transaction ends."""
        rows = self._connection.execute(
            select(records.c.patient_id)
            .where(records.c.purge_on <= today, records.c.status == RecordStatus.CLOSED.value)
            .order_by(records.c.purge_on)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return [PatientId(patient_id) for patient_id in rows.scalars()]

    def destroy(self, patient_id: PatientId) -> Sequence[DestroyedDocument]:
        """Delete a record and everything about it; its documents are returned."""
        deleted = self._connection.execute(
            delete(documents)
            .where(documents.c.patient_id == patient_id)
            .returning(
                documents.c.document_id,
                documents.c.content_id,
                documents.c.hidden_from_representatives,
                documents.c.invisible_until,
            )
        ).all()
        for table in (
            folders,
            folder_documents,
            pins,
            lots,
            replacements,
            depositors,
            receipts,
            first_reads,
            professional_visits,
            consents,
            records,
        ):
            self._connection.execute(delete(table).where(table.c.patient_id == patient_id))
        return [_destroyed(row) for row in deleted]


def _appearing(row: Any) -> AppearingDocument:
    return AppearingDocument(
        PatientId(row.patient_id),
        DocumentId(row.document_id),
        row.hidden_from_representatives,
        row.status == DocumentStatus.DELETED.value,
    )


def _destroyed(row: Any) -> DestroyedDocument:
    return DestroyedDocument(
        DocumentId(row.document_id),
        ContentId(row.content_id),
        secret=row.hidden_from_representatives,
        withheld=row.invisible_until is not None,
    )
