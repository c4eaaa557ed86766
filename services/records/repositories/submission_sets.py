"""The shelf of lots: one is there for a reader if at least one of its documents is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, Text, func, or_, select, tuple_

from chassis.db import fetch
from contracts.records import DateOf, NamePart, SearchSubmissionSets, SubmissionSetEntry, SubmissionSetMetadata
from contracts.vocabulary import DocumentId, PatientId
from services.records.domain import Permit
from services.records.domain.indexing import index_of_names
from services.records.domain.submission_sets import SubmissionSet
from services.records.repositories.conditions import name_condition, window_condition
from services.records.repositories.documents import WITHIN, bounds
from services.records.tables import documents, lots

_metadata = msgspec.json.Decoder(SubmissionSetMetadata).decode
_ADD = """
INSERT INTO lots (patient_id, lot_id, unique_id, source_id, families, givens, content_type, content_system,
    submitted_at, deposited_at, depositor, facts)
VALUES (%(patient)s, %(lot)s, %(unique_id)s, %(source_id)s, %(families)s, %(givens)s, %(content_type)s,
    %(content_system)s, %(submitted_at)s, %(deposited_at)s, %(depositor)s, %(facts)s)
ON CONFLICT DO NOTHING RETURNING 1
"""
_DATES = {
    DateOf.DEPOSIT: lots.c.submitted_at,
    DateOf.CREATION: lots.c.submitted_at,
    DateOf.CHANGE: lots.c.deposited_at,
}
_NAMES = {NamePart.FAMILY: lots.c.families, NamePart.GIVEN: lots.c.givens}


class SubmissionSetRepository:
    """Lots of records, found within a permit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, patient_id: PatientId, lot: SubmissionSet) -> bool:
        """Put a lot on the shelf; False when its uniqueId is there already."""
        families, givens = index_of_names([lot.facts.author] if lot.facts.author else [])
        kind = lot.facts.content_type
        row = {
            "patient": str(patient_id),
            "lot": str(lot.lot_id),
            "unique_id": lot.unique_id,
            "source_id": lot.facts.source_id,
            "families": families,
            "givens": givens,
            "content_type": kind.code if kind else None,
            "content_system": kind.system if kind else None,
            "submitted_at": lot.submitted_at,
            "deposited_at": lot.deposited_at,
            "depositor": lot.depositor,
            "facts": msgspec.json.encode(lot.facts).decode(),
        }
        return bool(fetch(self._connection, _ADD, row))

    def search(
        self, permit_from: Permit, wanted: SearchSubmissionSets, *, after: tuple[datetime, UUID] | None, count: int
    ) -> Sequence[SubmissionSetEntry]:
        """Lots that answer, at most `count`, each with those of its documents that are within the permit."""
        order = (lots.c.submitted_at, lots.c.lot_id)
        if after is not None:
            place = tuple_(*order) > tuple_(*after) if wanted.ascending else tuple_(*order) < tuple_(*after)
        query = self._found(permit_from, wanted)
        if after is not None:
            query = query.where(place)
        query = query.order_by(*(column.asc() if wanted.ascending else column.desc() for column in order))
        return [_lot(row) for row in self._connection.execute(query.limit(count), bounds(permit_from))]

    def count(self, permit_from: Permit, wanted: SearchSubmissionSets) -> int:
        """How many lots answer."""
        found = self._found(permit_from, wanted).subquery()
        return int(
            self._connection.execute(select(func.count()).select_from(found), bounds(permit_from)).scalar_one()
        )

    def _found(self, permit_from: Permit, wanted: SearchSubmissionSets) -> Any:
        statuses = [status.value for status in wanted.statuses]
        visible = (
            select(documents.c.lot_id, func.array_agg(documents.c.document_id).label("members"))
            .where(*WITHIN, documents.c.lot_id.is_not(None), documents.c.status.in_(statuses))
            .group_by(documents.c.lot_id)
            .subquery()
        )
        return (
            select(
                lots.c.lot_id,
                lots.c.unique_id,
                lots.c.submitted_at,
                lots.c.deposited_at,
                lots.c.facts.cast(Text).label("facts"),
                visible.c.members,
            )
            .join(visible, visible.c.lot_id == lots.c.lot_id)
            .where(lots.c.patient_id == permit_from.patient_id, *_conditions(wanted))
        )


def _conditions(wanted: SearchSubmissionSets) -> list[Any]:
    found: list[Any] = [window_condition(window, _DATES) for window in wanted.windows]
    found += [name_condition(pattern, _NAMES) for pattern in wanted.names]
    for group in wanted.content_types:
        system_and_code = lots.c.content_system + "|" + lots.c.content_type
        found.append(or_(lots.c.content_type.in_(group), system_and_code.in_(group)))
    if wanted.sources:
        found.append(lots.c.source_id.in_(wanted.sources))
    if wanted.identifiers:
        found.append(lots.c.unique_id.in_(wanted.identifiers))
    if wanted.ids:
        found.append(lots.c.lot_id.in_(wanted.ids))
    return found


def _lot(row: "Row[Any]") -> SubmissionSetEntry:
    return SubmissionSetEntry(
        lot_id=row.lot_id,
        unique_id=row.unique_id,
        facts=_metadata(row.facts),
        submitted_at=row.submitted_at,
        deposited_at=row.deposited_at,
        documents=tuple(DocumentId(one) for one in row.members),
    )
