"""Records: their opening, status and settings, and who read them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, Uuid, cast, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.db import fetch
from chassis.repository import is_one_of
from contracts.records.lifecycle import CloseReason
from contracts.vocabulary import Ins, PatientId, RecordStatus, Rpps
from services.records.domain import Opening, RecordState, StoredRecord
from services.records.domain.stored import DefaultMask, united
from services.records.domain.traits import HolderTraits
from services.records.repositories.persons import of_person
from services.records.tables import first_reads, joins, records

# Every access to a record waits for it.
_STATE = """
SELECT status, matricule, ins_oid, majority_on, default_masked, masked_in_place,
    birth_name, given_names, birth_date, sex,
    EXISTS (SELECT FROM first_reads AS read
        WHERE read.patient_id = record.patient_id AND read.rpps = %(reader)s AND read.secret = %(secret)s),
    EXISTS (SELECT FROM depositors WHERE depositors.patient_id = record.patient_id AND depositors.rpps = %(reader)s),
    patient_id::text, EXISTS (SELECT FROM joins WHERE joins.patient_id = record.patient_id)
FROM records AS record WHERE patient_id = ANY(
    ARRAY(SELECT other FROM joins WHERE joins.patient_id = %(patient)s::uuid) || %(patient)s::uuid
)
"""


class RecordRepository:
    """Records, and who read them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(self, patient_id: PatientId, reader: Rpps | None, *, secret: bool = False) -> RecordState:
        """The state of a person's records for a reader, in one round trip.

        Args:
            secret: in a minor's secret connection.
        """
        parameters = {"patient": str(patient_id), "reader": reader, "secret": secret}
        found = {state.patient_id: state for state in map(_state, fetch(self._connection, _STATE, parameters))}
        named = found.pop(patient_id, None)
        return united(named, next(iter(found.values()), None))

    def open(self, opening: Opening) -> bool:
        """Add a record; False if it was there already."""
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
                **_columns(opening.traits),
            )
            .on_conflict_do_nothing()
        )
        return result.rowcount == 1

    def get(self, patient_id: PatientId, *, locked: bool = False) -> StoredRecord | None:
        """One record, or None."""
        query = select(records).where(records.c.patient_id == patient_id)
        row = self._connection.execute(query.with_for_update() if locked else query).one_or_none()
        return None if row is None else _stored_record(row)

    def lock(self, patients: Collection[PatientId]) -> None:
        """Lock the records of a person, always in the same order."""
        query = select(records.c.patient_id).where(is_one_of(records.c.patient_id, patients))
        self._connection.execute(query.order_by(records.c.patient_id).with_for_update()).all()

    def of_person(self, patient_id: PatientId) -> Sequence[StoredRecord]:
        """The records of a person, that of the named identity first."""
        query = select(records).where(of_person(records.c.patient_id, patient_id))
        found = [_stored_record(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda record: record.opening.patient_id != patient_id)

    def active(self, patients: Collection[PatientId]) -> dict[PatientId, Ins]:
        """The INS of those of these patients whose record is active, and that of their other identity if any."""
        twin = records.alias("twin")
        is_shut = exists().where(
            joins.c.patient_id == records.c.patient_id,
            twin.c.patient_id == joins.c.other,
            twin.c.status != RecordStatus.ACTIVE.value,
        )
        rows = self._connection.execute(
            select(records.c.patient_id, records.c.matricule, records.c.ins_oid).where(
                is_one_of(records.c.patient_id, patients), records.c.status == RecordStatus.ACTIVE.value, ~is_shut
            )
        )
        return {PatientId(row.patient_id): Ins(matricule=row.matricule, oid=row.ins_oid) for row in rows}

    def set_status(
        self,
        patient_id: PatientId,
        status: RecordStatus,
        *,
        closed_at: datetime | None = None,
        reason: str | None = None,
        purge_on: date | None = None,
    ) -> None:
        """Write a record's status, and replace the fields that depend on it."""
        self._connection.execute(
            update(records)
            .where(records.c.patient_id == patient_id)
            .values(status=status.value, closed_at=closed_at, close_reason=reason, purge_on=purge_on)
        )

    def set_default_visibility(self, patient_id: PatientId, *, masked: bool, giver: str) -> None:
        """Write whether new documents are masked by default.

        Args:
            giver: the representative (patient id) who sets it in the holder's place; empty: the holder.
        """
        terms: dict[str, Any] = {"masked_in_place": masked, "masked_by": giver}
        if not giver:
            terms = {"default_masked": masked, "masked_in_place": None, "masked_by": None}
        self._connection.execute(update(records).where(records.c.patient_id == patient_id).values(**terms))

    def forget_default_visibility_of(self, patient_id: PatientId, representative: PatientId) -> None:
        """Delete what a representative, by any of their ids, set in the holder's place for any of theirs."""
        self._connection.execute(
            update(records)
            .where(
                of_person(records.c.patient_id, patient_id),
                of_person(cast(records.c.masked_by, Uuid), representative),
            )
            .values(masked_in_place=None, masked_by=None)
        )

    def set_traits(self, patient_id: PatientId, traits: HolderTraits) -> None:
        """Write what identity knows of the holder now."""
        self._connection.execute(update(records).where(records.c.patient_id == patient_id).values(**_columns(traits)))

    def set_ins(self, patient_id: PatientId, ins: Ins) -> None:
        """Write the holder's INS, as identity knows it now."""
        values = {"matricule": ins.matricule, "ins_oid": ins.oid}
        self._connection.execute(update(records).where(records.c.patient_id == patient_id).values(**values))

    def note_first_read(self, patient_id: PatientId, reader: Rpps, now: datetime, *, secret: bool) -> bool:
        """Remember that a professional has read a record; True the first time only.

        Reads in a secret connection are counted apart: the first other read is still notified to all.
        """
        result = self._connection.execute(
            insert(first_reads)
            .values(patient_id=patient_id, rpps=reader, secret=secret, at=now)
            .on_conflict_do_nothing()
        )
        return result.rowcount == 1


def _state(row: Sequence[Any]) -> RecordState:
    status, matricule, oid, majority_on, own, in_place, *traits, seen_before, has_deposited, patient_id, joined = row
    return RecordState(
        patient_id=PatientId(UUID(patient_id)),
        status=RecordStatus(status),
        ins=Ins(matricule=matricule, oid=oid),
        majority_on=majority_on,
        default_mask=DefaultMask(own=own, by_representative=in_place),
        seen_before=seen_before,
        has_deposited=has_deposited,
        traits=_traits(*traits),
        joined=joined,
    )


def _columns(traits: HolderTraits | None) -> dict[str, Any]:
    return {} if traits is None else msgspec.structs.asdict(traits)


def _traits(
    birth_name: str | None, given_names: str | None, birth_date: date | None, sex: str | None
) -> HolderTraits | None:
    if birth_name is None or given_names is None or birth_date is None or sex is None:
        return None
    return HolderTraits(birth_name=birth_name, given_names=given_names, birth_date=birth_date, sex=sex)


def _stored_record(row: "Row[Any]") -> StoredRecord:
    opening = Opening(
        patient_id=PatientId(row.patient_id),
        ins=Ins(matricule=row.matricule, oid=row.ins_oid),
        opener=row.opener,
        structure=row.structure,
        profession=row.profession,
        opened_at=row.opened_at,
        majority_on=row.majority_on,
        traits=_traits(row.birth_name, row.given_names, row.birth_date, row.sex),
    )
    return StoredRecord(
        opening=opening,
        status=RecordStatus(row.status),
        closed_at=row.closed_at,
        close_reason=None if row.close_reason is None else CloseReason(row.close_reason),
        purge_on=row.purge_on,
        default_mask=DefaultMask(own=row.default_masked, by_representative=row.masked_in_place),
    )
