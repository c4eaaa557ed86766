"""Strands: their ends and their wrapped keys."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from chassis.repository import Repository, is_one_of
from contracts.vocabulary import DocumentId, PatientId
from services.audit.domain.strands import Strand, StrandKey
from services.audit.tables import strands

_PUT = """
INSERT INTO strands (strand, patient_id, secret, document_id, shown, number, hash, key, named_from)
SELECT * FROM unnest(
    %(strand)s::uuid[], %(patient_id)s::uuid[], %(secret)s::bool[], %(document_id)s::uuid[], %(shown)s::bool[],
    %(number)s::bigint[], %(hash)s::bytea[], %(key)s::bytea[], %(named_from)s::bigint[]
)
ON CONFLICT (strand) DO UPDATE SET shown = excluded.shown, number = excluded.number, hash = excluded.hash,
    key = excluded.key, named_from = excluded.named_from
"""


class StrandRepository(Repository):
    """Finds strands and moves their ends; the caller that moves one holds the lock on the journal's end."""

    def strands_of(self, *patients: PatientId) -> tuple[Strand, ...]:
        """Every strand of a patient, by all their ids."""
        query = select(strands).where(is_one_of(strands.c.patient_id, patients))
        return tuple(_strand(row) for row in self.connection.execute(query))

    def patients_with_strands(self, patients: Iterable[PatientId]) -> set[PatientId]:
        """Those of these patients about whom there are lines."""
        query = select(strands.c.patient_id).where(is_one_of(strands.c.patient_id, patients)).distinct()
        return {PatientId(patient_id) for patient_id in self.connection.execute(query).scalars()}

    def strands_by_key(self, strand_keys: Iterable[StrandKey]) -> dict[StrandKey, Strand]:
        """Those of these strands that exist; possibly others of the same patients."""
        keys = set(strand_keys)
        documents = {key.document_id for key in keys if key.document_id is not None}
        query = select(strands).where(
            is_one_of(strands.c.patient_id, {key.patient_id for key in keys}),
            strands.c.document_id.is_(None) | is_one_of(strands.c.document_id, documents),
        )
        found = (_strand(row) for row in self.connection.execute(query))
        return {strand.strand_key: strand for strand in found}

    def strands_by_id(self, ids: Iterable[UUID]) -> dict[UUID, Strand]:
        """Strands by their ids."""
        query = select(strands).where(is_one_of(strands.c.strand, set(ids)))
        found = (_strand(row) for row in self.connection.execute(query))
        return {strand.id: strand for strand in found}

    def a_wrapped_key(self) -> tuple[bytes, UUID] | None:
        """The wrapped key of any strand, with the strand's id."""
        with_key = select(strands.c.key, strands.c.strand).where(strands.c.key.is_not(None)).limit(1)
        row = self.connection.execute(with_key).first()
        return None if row is None else (bytes(row.key), row.strand)

    def put_strands(self, changed: Sequence[Strand]) -> None:
        """Insert new strands and update the others."""
        columns: dict[str, list[Any]] = {name: [] for name in strands.c.keys()}  # noqa: SIM118
        for strand in changed:
            for name, value in _values(strand).items():
                columns[name].append(value)
        self.connection.exec_driver_sql(_PUT, columns)

    def erase_keys(self, patient_id: PatientId) -> int:
        """Destroy the keys of a patient's strands; returns how many of them had lines."""
        had_key = (strands.c.patient_id == patient_id) & strands.c.key.is_not(None)
        erased = update(strands).where(had_key).values(key=None).returning(strands.c.number)
        return sum(1 for number in self.connection.execute(erased).scalars() if number)


def _values(strand: Strand) -> dict[str, Any]:
    strand_key = strand.strand_key
    return {
        "strand": str(strand.id),
        "patient_id": str(strand_key.patient_id),
        "secret": strand_key.secret,
        "document_id": None if strand_key.document_id is None else str(strand_key.document_id),
        "shown": strand.shown,
        "number": strand.number,
        "hash": strand.hash,
        "key": strand.wrapped_key,
        "named_from": strand.named_from,
    }


def _strand(row: Row[Any]) -> Strand:
    document_id = None if row.document_id is None else DocumentId(row.document_id)
    return Strand(
        id=row.strand,
        strand_key=StrandKey(PatientId(row.patient_id), row.secret, document_id),
        shown=row.shown,
        number=row.number,
        hash=bytes(row.hash),
        wrapped_key=None if row.key is None else bytes(row.key),
        named_from=row.named_from,
    )
