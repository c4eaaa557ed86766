"""Records: how they were opened, how they stand, who read them first."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Boolean, Connection, Row, Text, bindparam, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.records import CloseReason
from contracts.vocabulary import Ins, PatientId, RecordStatus, Rpps
from services.records.domain import OnFile, Opening, Standing
from services.records.tables import depositors, first_reads, records

_READER: BindParameter[str] = bindparam("reader", type_=Text)
_STANDING = select(
    records.c.status,
    records.c.matricule,
    records.c.ins_oid,
    records.c.majority_on,
    records.c.default_masked,
    exists()
    .where(
        first_reads.c.patient_id == bindparam("patient_id"),
        first_reads.c.rpps == _READER,
        first_reads.c.secret == bindparam("secret", type_=Boolean),
    )
    .label("seen_before"),
    exists()
    .where(depositors.c.patient_id == bindparam("patient_id"), depositors.c.rpps == _READER)
    .label("has_deposited"),
).where(records.c.patient_id == bindparam("patient_id"))


class RecordStore:
    """Records, and who read them first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def standing(self, patient_id: PatientId, reader: Rpps | None, *, secret: bool = False) -> Standing:
        """Status of the record, and whether the reader has read or fed it, in one round trip."""
        row = self._connection.execute(
            _STANDING, {"patient_id": patient_id, "reader": reader, "secret": secret}
        ).one_or_none()
        if row is None:
            return Standing()
        return Standing(
            status=RecordStatus(row.status),
            ins=Ins(matricule=row.matricule, oid=row.ins_oid),
            majority_on=row.majority_on,
            default_masked=row.default_masked,
            seen_before=row.seen_before,
            has_deposited=row.has_deposited,
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

    def on_file(self, patient_id: PatientId, *, locked: bool = False) -> OnFile | None:
        """A record as it stands."""
        query = select(records).where(records.c.patient_id == patient_id)
        row = self._connection.execute(query.with_for_update() if locked else query).one_or_none()
        return None if row is None else _on_file(row)

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


def _on_file(row: "Row[Any]") -> OnFile:
    opening = Opening(
        patient_id=PatientId(row.patient_id),
        ins=Ins(matricule=row.matricule, oid=row.ins_oid),
        opener=row.opener,
        structure=row.structure,
        profession=row.profession,
        opened_at=row.opened_at,
        majority_on=row.majority_on,
    )
    return OnFile(
        opening=opening,
        status=RecordStatus(row.status),
        closed_at=row.closed_at,
        close_reason=None if row.close_reason is None else CloseReason(row.close_reason),
        purge_on=row.purge_on,
        default_masked=row.default_masked,
    )
