"""The matrix of the arrêté of 26 October 2023: which profession may read which type of document."""

from datetime import date
from enum import StrEnum
from functools import cache

import msgspec

from contracts.codes.documents import document_types, type_of
from contracts.codes.profession_codes import profession_of
from contracts.codes.tables import find, load


class Coverage(StrEnum):
    """How far the published sources go for one profession; only an exhaustive list confirms a yes."""

    EXHAUSTIVE = "exhaustive"
    LISTED = "listed"
    PARTIAL = "partial"


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One profession: the types it may not read; every other known type is readable."""

    coverage: Coverage
    denied: frozenset[str]


class Cell(msgspec.Struct, frozen=True):
    """One crossing of profession and type; an unconfirmed one was not quoted by a source."""

    readable: bool
    confirmed: bool


class Matrix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The matrix as known; `complete` says whether it covers the whole annex of the arrêté."""

    version: str
    published: date
    effective: date
    complete: bool
    professions: dict[str, Row]


@cache
def matrix() -> Matrix:
    """The matrix in force.

    Raises:
        UnknownCode: it names a profession or type that does not exist; a broken matrix refuses to load.
    """
    table = load("matrix", Matrix)
    for code, row in table.professions.items():
        profession_of(code)
        for type_code in row.denied:
            type_of(type_code)
    return table


def row_of(profession: str) -> Row:
    """The row of a profession code; raises UnknownCode, which means: refused."""
    return find("matrix", matrix().professions, profession)


def denied_types(profession: str) -> frozenset[str]:
    """typeCodes that profession may not read; raises UnknownCode."""
    return row_of(profession).denied


@cache
def readable_types(profession: str) -> frozenset[str]:
    """typeCodes that profession may read, none that is unknown among them; raises UnknownCode."""
    return frozenset(document_types()) - denied_types(profession)


def cell(profession: str, type_code: str) -> Cell:
    """Whether that profession may read that type, and whether a source says so; raises UnknownCode."""
    row, code = row_of(profession), type_of(type_code).code
    readable = code not in row.denied
    return Cell(readable=readable, confirmed=not readable or row.coverage is Coverage.EXHAUSTIVE)
