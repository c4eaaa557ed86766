"""Submission sets (table `lots`); a reader finds one if at least one of its documents is within their permit.

What a set says of itself may speak of any of its documents: it is for those to whom all of them are shown. To others
it is as if its depositor had said nothing, as with most sets of one document.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, Text, and_, case, exists, func, or_, select, tuple_

from chassis.db import fetch
from chassis.repository import is_one_of
from contracts.consent.permits import Permit
from contracts.records.searching import DateKind, NamePart, SearchSubmissionSets
from contracts.records.submission_sets import SubmissionSetEntry, SubmissionSetMetadata
from contracts.vocabulary import DocumentId, PatientId
from services.records.domain.indexing import index_of_names
from services.records.domain.submission_sets import SubmissionSet, lot_ids_in, unique_id_of
from services.records.repositories.conditions import identifier_groups, name_condition, windows_condition
from services.records.repositories.permits import STATUS, WITHIN_PERMIT, is_shown, permit_parameters
from services.records.repositories.persons import is_permitted
from services.records.tables import documents, lots

_decode_metadata = msgspec.json.Decoder(SubmissionSetMetadata).decode
_ADD = """
INSERT INTO lots (patient_id, lot_id, unique_id, source_id, families, givens, content_type, content_system,
    submitted_at, deposited_at, depositor, depositor_kind, facts)
VALUES (%(patient)s, %(lot)s, %(unique_id)s, %(source_id)s, %(families)s, %(givens)s, %(content_type)s,
    %(content_system)s, %(submitted_at)s, %(deposited_at)s, %(depositor)s,
    %(depositor_kind)s, %(facts)s)
ON CONFLICT DO NOTHING RETURNING 1
"""
_DATES = {
    DateKind.DEPOSIT: lots.c.submitted_at,
    DateKind.CREATION: lots.c.submitted_at,
    DateKind.CHANGE: lots.c.deposited_at,
}
_NAMES = {NamePart.FAMILY: lots.c.families, NamePart.GIVEN: lots.c.givens}
_member = documents.alias("member")
_IS_WHOLE = ~exists().where(
    _member.c.patient_id == lots.c.patient_id, _member.c.lot_id == lots.c.lot_id, is_shown(_member).is_not(True)
)
"""Whether the permit shows all documents of a set, in whatever state; where it is null, `is_shown` is no."""


class SubmissionSetRepository:
    """Submission sets of records."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, patient_id: PatientId, submission_set: SubmissionSet) -> bool:
        """Add a submission set; False if the record has its uniqueId already."""
        metadata = submission_set.metadata
        families, givens = index_of_names([metadata.author] if metadata.author else [])
        content_type = metadata.content_type
        row = {
            "patient": str(patient_id),
            "lot": str(submission_set.lot_id),
            "unique_id": submission_set.unique_id,
            "source_id": metadata.source_id,
            "families": families,
            "givens": givens,
            "content_type": content_type.code if content_type else None,
            "content_system": content_type.system if content_type else None,
            "submitted_at": submission_set.submitted_at,
            "deposited_at": submission_set.deposited_at,
            "depositor": submission_set.depositor.id,
            "depositor_kind": submission_set.depositor.kind.value,
            "facts": msgspec.json.encode(metadata).decode(),
        }
        return bool(fetch(self._connection, _ADD, row))

    def search(
        self, permit: Permit, request: SearchSubmissionSets, *, after: tuple[datetime, UUID] | None, count: int
    ) -> Sequence[SubmissionSetEntry]:
        """At most `count` matching submission sets, each with those of its documents that are within the permit."""
        order = (lots.c.submitted_at, lots.c.lot_id)
        query = self._matching(request)
        if after is not None:
            place, last = tuple_(*order), tuple_(*after)
            query = query.where(place > last if request.ascending else place < last)
        query = query.order_by(*(column.asc() if request.ascending else column.desc() for column in order))
        return [
            _submission_set_entry(row)
            for row in self._connection.execute(query.limit(count), permit_parameters(permit))
        ]

    def count(self, permit: Permit, request: SearchSubmissionSets) -> int:
        """How many submission sets match."""
        found = self._matching(request).subquery()
        return int(
            self._connection.execute(select(func.count()).select_from(found), permit_parameters(permit)).scalar_one()
        )

    def _matching(self, request: SearchSubmissionSets) -> Any:
        statuses = [status.value for status in request.statuses]
        visible = (
            select(documents.c.lot_id, func.array_agg(documents.c.document_id).label("members"))
            .where(*WITHIN_PERMIT, documents.c.lot_id.is_not(None), is_one_of(STATUS, statuses))
            .group_by(documents.c.lot_id)
            .subquery()
        )
        return (
            select(
                lots.c.lot_id,
                lots.c.unique_id,
                lots.c.submitted_at,
                lots.c.deposited_at,
                case((_IS_WHOLE, lots.c.facts.cast(Text))).label("facts"),
                visible.c.members,
            )
            .join(visible, visible.c.lot_id == lots.c.lot_id)
            .where(is_permitted(lots.c.patient_id), *_conditions(request))
        )


def _conditions(request: SearchSubmissionSets) -> list[Any]:
    found: list[Any] = list(windows_condition(request, _DATES))
    claims = list(_claims(request))
    if claims:
        found += [*claims, _IS_WHOLE]
    found += [
        or_(
            and_(_IS_WHOLE, is_one_of(lots.c.unique_id, group)),
            and_(~_IS_WHOLE, is_one_of(lots.c.lot_id, lot_ids_in(group))),
        )
        for group in identifier_groups(request)
    ]
    if request.ids:
        found.append(is_one_of(lots.c.lot_id, request.ids))
    return found


def _claims(request: SearchSubmissionSets) -> Iterator[Any]:
    """Conditions on what a set says of itself."""
    yield from (name_condition(pattern, _NAMES) for pattern in request.names)
    for group in request.content_types:
        system = func.coalesce(lots.c.content_system, "")
        forms = (lots.c.content_type, system + "|" + lots.c.content_type, func.nullif(system, "") + "|")
        yield or_(*(is_one_of(form, group) for form in forms))
    if request.sources:
        yield is_one_of(lots.c.source_id, request.sources)
    elif request.has_source:
        yield lots.c.source_id.is_not(None)


def _submission_set_entry(row: "Row[Any]") -> SubmissionSetEntry:
    return SubmissionSetEntry(
        lot_id=row.lot_id,
        unique_id=unique_id_of(row.lot_id) if row.facts is None else row.unique_id,
        facts=SubmissionSetMetadata() if row.facts is None else _decode_metadata(row.facts),
        submitted_at=row.submitted_at,
        deposited_at=row.deposited_at,
        documents=tuple(DocumentId(document_id) for document_id in row.members),
    )
