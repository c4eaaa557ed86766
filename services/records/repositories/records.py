"""Records: how they were opened, how they stand, who read them first."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.db import fetch
from contracts.records import CloseReason
from contracts.vocabulary import Ins, PatientId, RecordStatus, Rpps
from services.records.domain import Opening, RecordContext, StoredRecord
from services.records.tables import first_reads, records

# Every access of the house waits for it.
_RECORD_CONTEXT = """
SELECT status, matricule, ins_oid, majority_on, default_masked,
    EXISTS (SELECT FROM first_reads AS read
        WHERE read.patient_id = record.patient_id AND read.rpps = %(reader)s AND read.secret = %(secret)s),
    EXISTS (SELECT FROM depositors AS fed WHERE fed.patient_id = record.patient_id AND fed.rpps = %(reader)s)
FROM records AS record WHERE patient_id = %(patient)s
"""


class RecordRepository:
    """Records, and who read them first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record_context(self, patient_id: PatientId, reader: Rpps | None, *, secret: bool = False) -> RecordContext:
        """Status of the record, and whether the reader has read or fed it, in one round trip."""
        request = {"patient": str(patient_id), "reader": reader, "secret": secret}
        found = fetch(self._connection, _RECORD_CONTEXT, request)
        if not found:
            return RecordContext()
        ((status, matricule, oid, majority_on, default_masked, seen, fed),) = found
        return RecordContext(
            status=RecordStatus(status),
            ins=Ins(matricule=matricule, oid=oid),
            majority_on=majority_on,
            default_masked=default_masked,
            seen_before=seen,
            has_deposited=fed,
        )

    def open(self, opening: Opening) -> bool:
        """File an opening; False when the record was there already."""
        result = self._connection.execute(
            insert(records)
            .values(
                patient_id=opening.patient_id,
                matricule=opening.ins.matricule,
                ins_oid=opening.ins.oid,
                status=RecordStatus.ACTIVE.value,
                opener=opening.opener,
                structure=opening.structure,
                profession=opening.profession,
                opened_at=opening.opened_at,
                majority_on=opening.majority_on,
                default_masked=False,
            )
            .on_conflict_do_nothing()
        )
        return result.rowcount == 1

    def stored_record(self, patient_id: PatientId, *, locked: bool = False) -> StoredRecord | None:
        """A record as it stands."""
        query = select(records).where(records.c.patient_id == patient_id)
        row = self._connection.execute(query.with_for_update() if locked else query).one_or_none()
        return None if row is None else _stored_record(row)

    def active(self, patients: Collection[PatientId]) -> dict[PatientId, Ins]:
        """Those of these whose record is active, with their INS."""
        rows = self._connection.execute(
            select(records.c.patient_id, records.c.matricule, records.c.ins_oid).where(
                records.c.patient_id.in_(patients), records.c.status == RecordStatus.ACTIVE.value
            )
        )
        return {PatientId(row.patient_id): Ins(matricule=row.matricule, oid=row.ins_oid) for row in rows}

    def live_on(
        self,
        patient_id: PatientId,
        status: RecordStatus,
        *,
        closed_at: datetime | None = None,
        reason: str | None = None,
        purge_on: date | None = None,
    ) -> None:
        """Write a record's state, and what goes with it."""
        self._connection.execute(
            update(records)
            .where(records.c.patient_id == patient_id)
            .values(status=status.value, closed_at=closed_at, close_reason=reason, purge_on=purge_on)
        )

    def set_default_visibility(self, patient_id: PatientId, *, masked: bool) -> None:
        """Write what new documents are by default."""
        self._connection.execute(
            update(records).where(records.c.patient_id == patient_id).values(default_masked=masked)
        )

    def note_first_read(self, patient_id: PatientId, reader: Rpps, now: datetime, *, secret: bool) -> bool:
        """Remember that this professional has read this record; True the first time only.

        What is read in a secret connection counts by itself: the first open reading is told to all.
        """
        result = self._connection.execute(
            insert(first_reads)
            .values(patient_id=patient_id, rpps=reader, secret=secret, at=now)
            .on_conflict_do_nothing()
        )
        return result.rowcount == 1


def _stored_record(row: "Row[Any]") -> StoredRecord:
    opening = Opening(
        patient_id=PatientId(row.patient_id),
        ins=Ins(matricule=row.matricule, oid=row.ins_oid),
        opener=row.opener,
        structure=row.structure,
        profession=row.profession,
        opened_at=row.opened_at,
        majority_on=row.majority_on,
    )
    return StoredRecord(
        opening=opening,
        status=RecordStatus(row.status),
        closed_at=row.closed_at,
        close_reason=None if row.close_reason is None else CloseReason(row.close_reason),
        purge_on=row.purge_on,
        default_masked=row.default_masked,
    )
