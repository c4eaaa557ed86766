"""Persons with two identities, in SQL: facts under either are about one, and a fact may name them by either."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, array

from contracts.vocabulary import PatientId
from services.consent.tables import facts, joins

GIVEN, ENDED = "given", "ended"
"""`while_joined` of a fact: what the other identity decided for this one too, and what it, or the join, ended here.
Both are undone when the two are separated."""

HAS_EFFECT = ~facts.c.suspended & facts.c.while_joined.is_distinct_from(ENDED)
_AS_TEXT = cast(joins.c.patient_id, Text)


def of_person(column: ColumnElement[Any], patient: PatientId | ColumnElement[Any]) -> ColumnElement[bool]:
    """The column has this identity, or the other one of the same person; it is found along its index."""
    identity = patient if isinstance(patient, ColumnElement) else literal(patient, column.type)
    other = select(joins.c.other).where(joins.c.patient_id == identity)
    return column == any_(func.array_append(func.array(other.scalar_subquery()), identity))


def names(
    column: ColumnElement[Any], parties: Collection[str] | ColumnElement[Any], *, acting: bool = False
) -> ColumnElement[bool]:
    """The text column has one of these parties, or the other identity of one who is a person.

    Args:
        acting: they ask, so that the other identity of a closed one is not meant.
    """
    wanted = array([parties]) if isinstance(parties, ColumnElement) else cast(list(parties), ARRAY(Text))
    others = select(cast(joins.c.other, Text)).where(any_(wanted) == _AS_TEXT)
    if acting:
        others = others.where(~joins.c.closed)
    return column == any_(func.array_cat(func.array(others.scalar_subquery()), wanted))


def kept_name(column: ColumnElement[Any]) -> ColumnElement[str]:
    """The identity that is kept of whom the text column names, as text; null unless it names the closed one."""
    return select(cast(joins.c.other, Text)).where(column == _AS_TEXT, joins.c.closed).scalar_subquery()


def locked_others(patient_id: PatientId) -> Select[Any]:
    """The other identity of a person; until the transaction ends it is not separated from this one."""
    return select(joins.c.patient_id).where(joins.c.other == patient_id).with_for_update(read=True)
