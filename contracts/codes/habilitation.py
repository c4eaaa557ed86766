"""The matrix of the arrêté of 26 October 2023: which profession may read which type of document."""

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

from contracts.codes.documents import document_types, type_of
from contracts.codes.profession_codes import profession_of
from contracts.codes.tables import find


class Coverage(StrEnum):
    """How far the published sources go for one profession; only an exhaustive list confirms a yes."""

    EXHAUSTIVE = "exhaustive"
    LISTED = "listed"
    PARTIAL = "partial"


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One profession: the types it may not read; every other known type is readable."""

    coverage: Coverage
    denied: frozenset[str]


class MatrixCell(msgspec.Struct, frozen=True):
    """One crossing of profession and type; an unconfirmed one was not quoted by a source."""

    readable: bool
    confirmed: bool


class Matrix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the matrix; `complete` says whether it covers the whole annex of the arrêté.

    What it does not hold raises UnknownCode, which means: refused.
    """

    version: str
    published: date
    effective: date
    complete: bool
    professions: dict[str, Row]

    def row(self, profession: str) -> Row:
        """The row of a profession code; raises UnknownCode."""
        return find("matrix", self.professions, profession)

    def readable(self, profession: str) -> frozenset[str]:
        """typeCodes that profession may read, none that is unknown among them; raises UnknownCode."""
        return frozenset(document_types()) - self.row(profession).denied

    def unconfirmed(self, profession: str) -> frozenset[str]:
        """typeCodes it may read though no source says so; raises UnknownCode."""
        is_quoted = self.row(profession).coverage is Coverage.EXHAUSTIVE
        return frozenset() if is_quoted else self.readable(profession)

    def cell(self, profession: str, type_code: str) -> MatrixCell:
        """Whether that profession may read that type, and whether a source says so; raises UnknownCode."""
        code = type_of(type_code).code
        return MatrixCell(
            readable=code in self.readable(profession), confirmed=code not in self.unconfirmed(profession)
        )


def matrix_from(text: str) -> Matrix:
    """The matrix that a JSON text holds.

    Raises:
        msgspec.MsgspecError: the text is no JSON, or of another shape.
        UnknownCode: it names a profession or type that does not exist; a broken matrix refuses to load.
    """
    table = msgspec.json.decode(text, type=Matrix, strict=True)
    for code, row in table.professions.items():
        profession_of(code)
        for type_code in row.denied:
            type_of(type_code)
    return table


@cache
def matrix_text() -> str:
    """The text of the version built in, the oldest one."""
    return Path(__file__).with_name("matrix.json").read_text(encoding="utf-8")


@cache
def matrix() -> Matrix:
    """The version built in; raises as `matrix_from`."""
    return matrix_from(matrix_text())


def denied_types(profession: str) -> frozenset[str]:
    """typeCodes the version built in withholds from that profession; raises UnknownCode."""
    return matrix().row(profession).denied
