"""Strands on their shelf."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from chassis.repository import Repository
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
    """Finds strands and moves their ends; whoever moves one has locked the end of the journal."""

    def strands_of(self, patient_id: PatientId) -> tuple[Strand, ...]:
        """Every strand of a patient."""
        query = select(strands).where(strands.c.patient_id == patient_id)
        return tuple(_strand(row) for row in self.connection.execute(query))

    def strands_at(self, places: Iterable[StrandKey]) -> dict[StrandKey, Strand]:
        """Those of these strands that are there; perhaps others of the same patients."""
        wanted = set(places)
        documents = {place.document_id for place in wanted if place.document_id is not None}
        query = select(strands).where(
            strands.c.patient_id.in_({place.patient_id for place in wanted}),
            strands.c.document_id.is_(None) | strands.c.document_id.in_(documents),
        )
        found = (_strand(row) for row in self.connection.execute(query))
        return {strand.place: strand for strand in found}

    def strands_named(self, ids: Iterable[UUID]) -> dict[UUID, Strand]:
        """These strands by their pseudonyms."""
        query = select(strands).where(strands.c.strand.in_(set(ids)))
        found = (_strand(row) for row in self.connection.execute(query))
        return {strand.strand: strand for strand in found}

    def put_strands(self, changed: Sequence[Strand]) -> None:
        """Keep strands that are new or have gone on."""
        columns: dict[str, list[Any]] = {name: [] for name in strands.c.keys()}  # noqa: SIM118
        for strand in changed:
            for name, value in _values(strand).items():
                columns[name].append(value)
        self.connection.exec_driver_sql(_PUT, columns)

    def erase_keys(self, patient_id: PatientId) -> int:
        """Destroy the keys of a patient's strands; answers how many had lines to name."""
        had_key = (strands.c.patient_id == patient_id) & strands.c.key.is_not(None)
        erased = update(strands).where(had_key).values(key=None).returning(strands.c.number)
        return sum(1 for number in self.connection.execute(erased).scalars() if number)


def _values(strand: Strand) -> dict[str, Any]:
    place = strand.place
    return {
        "strand": str(strand.strand),
        "patient_id": str(place.patient_id),
        "secret": place.secret,
        "document_id": None if place.document_id is None else str(place.document_id),
        "shown": strand.shown,
        "number": strand.number,
        "hash": strand.hash,
        "key": strand.key,
        "named_from": strand.named_from,
    }


def _strand(row: Row[Any]) -> Strand:
    document_id = None if row.document_id is None else DocumentId(row.document_id)
    return Strand(
        strand=row.strand,
        place=StrandKey(PatientId(row.patient_id), row.secret, document_id),
        shown=row.shown,
        number=row.number,
        hash=bytes(row.hash),
        key=None if row.key is None else bytes(row.key),
        named_from=row.named_from,
    )
