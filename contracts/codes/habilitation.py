"""The entitlement matrix (arrêté of 26 October 2023): which profession may read which document type."""

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

from contracts.codes.documents import document_types, type_of
from contracts.codes.profession_codes import profession_of
from contracts.codes.tables import find


class Coverage(StrEnum):
    """How completely published sources cover a profession; only EXHAUSTIVE confirms that a type is readable."""

    EXHAUSTIVE = "exhaustive"
    LISTED = "listed"
    PARTIAL = "partial"
    PRESUMED = "presumed"
    """Sources say that the profession reads the majority of types, and not which: no cell is confirmed.

    Denied are the types that they call denied to any profession but doctors, or restricted (ADR 0042).
    """


class MatrixRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One profession: the types it may not read; every other known type is readable."""

    coverage: Coverage
    denied: frozenset[str]


class MatrixCell(msgspec.Struct, frozen=True):
    """One profession and type; `confirmed` is False where no source states it."""

    readable: bool
    confirmed: bool


class Matrix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the matrix; `complete`: it covers the whole annex of the arrêté.

    A code it does not hold raises UnknownCode, which callers treat as denied.
    """

    version: str
    published: date
    effective: date
    complete: bool
    professions: dict[str, MatrixRow]

    def row(self, profession: str) -> MatrixRow:
        """The row of a profession code; raises UnknownCode."""
        return find("matrix", self.professions, profession)

    def readable(self, profession: str) -> frozenset[str]:
        """typeCodes that the profession may read; raises UnknownCode."""
        return frozenset(document_types()) - self.row(profession).denied

    def unconfirmed(self, profession: str) -> frozenset[str]:
        """Readable typeCodes that no source confirms; raises UnknownCode."""
        is_quoted = self.row(profession).coverage is Coverage.EXHAUSTIVE
        return frozenset() if is_quoted else self.readable(profession)

    def cell(self, profession: str, type_code: str) -> MatrixCell:
        """Whether the profession may read the type, and whether a source confirms it; raises UnknownCode."""
        code, row = type_of(type_code).code, self.row(profession)
        is_denied = code in row.denied
        return MatrixCell(
            readable=not is_denied,
            confirmed=row.coverage is Coverage.EXHAUSTIVE or (is_denied and row.coverage is not Coverage.PRESUMED),
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
    """JSON text of the built-in version, the oldest one."""
    return Path(__file__).with_name("matrix.json").read_text(encoding="utf-8")


@cache
def matrix() -> Matrix:
    """The built-in version; raises as `matrix_from`."""
    return matrix_from(matrix_text())


def denied_types(profession: str) -> frozenset[str]:
    """typeCodes that the built-in version denies to a profession; raises UnknownCode."""
    return matrix().row(profession).denied
