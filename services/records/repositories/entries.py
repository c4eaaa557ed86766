"""Searching the shelves of documents, within a permit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, DateTime, and_, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import array

from contracts.codes import MediaType
from contracts.records import DateOf, NamePart, SearchDocuments
from contracts.vocabulary import DocumentId, Visibility
from services.records.domain import Permit, StoredDocument
from services.records.repositories.conditions import name_condition, window_condition
from services.records.repositories.documents import WITHIN, bounds
from services.records.repositories.rows import STORED, identified_by, stored_of
from services.records.tables import documents

_NO_DATE = (documents.c.service_start.is_(None), documents.c.service_stop.is_(None))
_MOMENT = DateTime(timezone=True)
SORTED_BY = {
    DateOf.CREATION: documents.c.created_at,
    DateOf.DEPOSIT: documents.c.deposited_at,
    DateOf.CHANGE: documents.c.changed_at,
}
_DATES = SORTED_BY | {
    DateOf.SERVICE_START: func.coalesce(documents.c.service_start, literal("-infinity").cast(_MOMENT)),
    DateOf.SERVICE_STOP: func.coalesce(documents.c.service_stop, literal("infinity").cast(_MOMENT)),
}
_SERVICE = {DateOf.SERVICE_START, DateOf.SERVICE_STOP}
_NAMES = {NamePart.FAMILY: documents.c.families, NamePart.GIVEN: documents.c.givens}
_MARKS = {
    Visibility.MASQUE_PS.value: documents.c.masque_ps,
    Visibility.INVISIBLE_PATIENT.value: documents.c.invisible_until.is_not(None),
    Visibility.INVISIBLE_REPRESENTANTS_LEGAUX.value: documents.c.hidden_from_representatives,
}


class EntryRepository:
    """Documents that answer to conditions, never beyond the permit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def search(
        self, permit_from: Permit, wanted: SearchDocuments, *, after: tuple[datetime, UUID] | None, count: int
    ) -> Sequence[StoredDocument]:
        """At most `count`, in the order asked for, after a place in it."""
        order = (SORTED_BY[wanted.sort.by], documents.c.document_id)
        query = select(*STORED).where(*WITHIN, *_conditions(wanted))
        if after is not None:
            here, there = tuple_(*order), tuple_(*after)
            query = query.where(here > there if wanted.sort.ascending else here < there)
        query = query.order_by(*(column.asc() if wanted.sort.ascending else column.desc() for column in order))
        return [stored_of(row) for row in self._connection.execute(query.limit(count), bounds(permit_from))]

    def count(self, permit_from: Permit, wanted: SearchDocuments) -> int:
        """How many answer."""
        query = select(func.count()).select_from(documents).where(*WITHIN, *_conditions(wanted))
        return int(self._connection.execute(query, bounds(permit_from)).scalar_one())

    def structured(self, permit_from: Permit, *, count: int) -> Sequence[StoredDocument]:
        """Structured documents within the permit, newest first, at most `count`."""
        query = (
            select(*STORED)
            .where(*WITHIN, documents.c.media_type == MediaType.CDA.value)
            .order_by(documents.c.created_at.desc(), documents.c.document_id.desc())
            .limit(count)
        )
        return [stored_of(row) for row in self._connection.execute(query, bounds(permit_from))]

    def several(self, permit_from: Permit, ids: Sequence[DocumentId]) -> Sequence[StoredDocument]:
        """Those of these that are within the permit."""
        query = select(*STORED).where(*WITHIN, documents.c.document_id.in_(ids))
        return [stored_of(row) for row in self._connection.execute(query, bounds(permit_from))]


def _conditions(wanted: SearchDocuments) -> list[Any]:
    found: list[Any] = [documents.c.status.in_([status.value for status in wanted.statuses])]
    found += [documents.c.tokens.overlap(array(group)) for group in wanted.tokens]
    found += [or_(*(_label(label) for label in group)) for group in wanted.labels]
    found += [name_condition(pattern, _NAMES) for pattern in wanted.names]
    found += [window_condition(window, _DATES) for window in wanted.windows]
    if any(window.of in _SERVICE for window in wanted.windows):
        found.append(~and_(*_NO_DATE))
    if wanted.identifiers:
        found.append(identified_by(wanted.identifiers))
    if wanted.ids:
        found.append(documents.c.document_id.in_(wanted.ids))
    return found


def _label(label: str) -> Any:
    return _MARKS.get(label, documents.c.confidentiality == label)
