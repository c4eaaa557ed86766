"""Searching documents, within the limits of a Permit only."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.repository import is_one_of
from contracts.codes.formats import MediaType
from contracts.consent.permits import Permit
from contracts.records.searching import DateKind, DateRange, NamePart, SearchDocuments
from contracts.vocabulary import DocumentId, Visibility
from services.records.domain import StoredDocument
from services.records.repositories.conditions import identifier_groups, name_condition, windows_condition
from services.records.repositories.permits import (
    CHANGED_AT,
    REPLACES,
    STATUS,
    STORED_COLUMNS_SEEN,
    WITHIN_PERMIT,
    permit_parameters,
)
from services.records.repositories.rows import identified_by, stored_document_of
from services.records.tables import documents

_RELATED = "related:"
_NO_DATE = (documents.c.service_start.is_(None), documents.c.service_stop.is_(None))
_MOMENT = DateTime(timezone=True)
_SORTED_BY = {
    DateKind.CREATION: documents.c.created_at,
    DateKind.DEPOSIT: documents.c.deposited_at,
    DateKind.CHANGE: CHANGED_AT,
}
_DATES = _SORTED_BY | {
    DateKind.SERVICE_START: func.coalesce(documents.c.service_start, literal("-infinity").cast(_MOMENT)),
    DateKind.SERVICE_STOP: func.coalesce(documents.c.service_stop, literal("infinity").cast(_MOMENT)),
}
_SERVICE = {DateKind.SERVICE_START, DateKind.SERVICE_STOP}
_NAMES = {NamePart.FAMILY: documents.c.families, NamePart.GIVEN: documents.c.givens}
_MARKS = {
    Visibility.MASQUE_PS.value: documents.c.masque_ps,
    Visibility.INVISIBLE_PATIENT.value: documents.c.invisible_until.is_not(None),
    Visibility.INVISIBLE_REPRESENTANTS_LEGAUX.value: documents.c.hidden_from_representatives,
}


class EntryRepository:
    """Documents found by conditions on their entries."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def search(
        self, permit: Permit, request: SearchDocuments, *, after: tuple[Sequence[datetime], UUID] | None, count: int
    ) -> Sequence[StoredDocument]:
        """At most `count` matching documents in the requested order, after the dates it sorts by and an id."""
        orders = (request.sort, *request.then_by)
        keys = [(_SORTED_BY[order.by], order.ascending) for order in orders]
        keys.append((documents.c.document_id, orders[-1].ascending))
        query = select(*STORED_COLUMNS_SEEN).where(*WITHIN_PERMIT, *_conditions(request))
        if after is not None:
            query = query.where(_is_after(keys, (*after[0], after[1])))
        query = query.order_by(*(column.asc() if ascending else column.desc() for column, ascending in keys))
        return [
            stored_document_of(row) for row in self._connection.execute(query.limit(count), permit_parameters(permit))
        ]

    def count(self, permit: Permit, request: SearchDocuments) -> int:
        """How many documents match."""
        query = select(func.count()).select_from(documents).where(*WITHIN_PERMIT, *_conditions(request))
        return int(self._connection.execute(query, permit_parameters(permit)).scalar_one())

    def structured(self, permit: Permit, *, count: int) -> Sequence[StoredDocument]:
        """Structured documents, newest first, at most `count`."""
        query = (
            select(*STORED_COLUMNS_SEEN)
            .where(*WITHIN_PERMIT, documents.c.media_type == MediaType.CDA.value)
            .order_by(documents.c.created_at.desc(), documents.c.document_id.desc())
            .limit(count)
        )
        return [stored_document_of(row) for row in self._connection.execute(query, permit_parameters(permit))]

    def several(self, permit: Permit, ids: Sequence[DocumentId]) -> Sequence[StoredDocument]:
        """Those of these documents that are within the permit."""
        query = select(*STORED_COLUMNS_SEEN).where(*WITHIN_PERMIT, is_one_of(documents.c.document_id, ids))
        return [stored_document_of(row) for row in self._connection.execute(query, permit_parameters(permit))]


def _is_after(keys: Sequence[tuple[ColumnElement[Any], bool]], last: Sequence[object]) -> ColumnElement[bool]:
    """Whether a row comes after the last one of the previous page, in the order of the keys."""
    columns, directions = [column for column, _ in keys], {ascending for _, ascending in keys}
    if len(directions) == 1:
        # One comparison of rows, which follows an index.
        place, end = tuple_(*columns), tuple_(*last)
        return place > end if directions.pop() else place < end
    return or_(
        *(
            and_(
                *(column == value for column, value in zip(columns[:place], last[:place], strict=True)),
                columns[place] > last[place] if ascending else columns[place] < last[place],
            )
            for place, (_, ascending) in enumerate(keys)
        )
    )


def _conditions(request: SearchDocuments) -> list[Any]:
    found: list[Any] = [is_one_of(STATUS, [status.value for status in request.statuses])]
    found += [or_(*_tokens(group)) for group in request.tokens]
    found += [_labelled(group) for group in request.labels]
    found += [name_condition(pattern, _NAMES) for pattern in request.names]
    found += windows_condition(request, _DATES)
    if any(window.of in _SERVICE for window in _windows_of(request)):
        found.append(~and_(*_NO_DATE))
    found += [identified_by(group) for group in identifier_groups(request)]
    if request.ids:
        found.append(is_one_of(documents.c.document_id, request.ids))
    return found


def _windows_of(request: SearchDocuments) -> Iterator[DateRange]:
    yield from request.windows
    yield from (window for group in request.window_groups for windows in group for window in windows)


def _tokens(group: Sequence[str]) -> list[Any]:
    """Any of these codes; what a document replaces depends on the reader, and is not looked up in the index."""
    related = [token.removeprefix(_RELATED) for token in group if token.startswith(_RELATED)]
    codes = [token for token in group if not token.startswith(_RELATED)]
    return [
        false(),
        *((documents.c.tokens.overlap(cast(codes, ARRAY(Text))),) if codes else ()),
        *((is_one_of(REPLACES, related),) if related else ()),
    ]


def _labelled(any_of: Iterable[str]) -> ColumnElement[bool]:
    labels = set(any_of)
    marks = [_MARKS[label] for label in sorted(labels & _MARKS.keys())]
    return or_(is_one_of(documents.c.confidentiality, sorted(labels)), *marks)
