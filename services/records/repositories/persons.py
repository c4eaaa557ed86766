"""Persons with two identities, in SQL: both ids of a permit, and the other id of one that a request names."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, any_, bindparam, func, literal, select
from sqlalchemy.types import UserDefinedType

from contracts.vocabulary import PatientId
from services.records.tables import joins


class _Ids(UserDefinedType[Any]):
    """A tuple that psycopg2 writes out: the one id of most persons is compared as if by equality, along an index."""

    cache_ok = True


PERMITTED: BindParameter[Any] = bindparam("patient_ids", type_=_Ids())


def is_permitted(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The column has one of the ids of a permit, which `permitted` binds."""
    return column.bool_op("IN")(PERMITTED)


def permitted(ids: Collection[PatientId]) -> tuple[str, ...]:
    """The value of PERMITTED."""
    return tuple(map(str, ids))


def of_person(column: ColumnElement[Any], patient_id: PatientId) -> ColumnElement[bool]:
    """The column has this identity, or the other one of the same person, as far as is known here.

    To find out what consent is asked about, and to hide; what is shown is within the ids that consent answered.
    """
    identity = literal(patient_id, column.type)
    other = select(joins.c.other).where(joins.c.patient_id == identity)
    return column == any_(func.array_append(func.array(other.scalar_subquery()), identity))
