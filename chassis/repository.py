"""The base of repositories, and the condition that a column has one of several values."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, any_, cast
from sqlalchemy.dialects.postgresql import ARRAY


class Repository:
    """Does not commit: the connection's transaction belongs to the caller."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


def is_one_of(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """The column has one of these values, which travel as one array: the statement is the same for any number."""
    return column == any_(cast(list(values), ARRAY(column.type)))
