"""The versions of the entitlement matrix: which are valid, what each denies, what each changes."""

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Protocol

import msgspec

from contracts.codes.habilitation import Matrix, matrix_from
from contracts.codes.tables import UnknownCode
from contracts.consent.matrices import CellChange, MatrixDiff
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import MatrixInvalid

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")
_PATH = re.compile(r"at `\$\.([A-Za-z_.\[\]]{1,60})`$")
_UNKNOWN = {
    "professions": "profession inconnue / unknown profession",
    "document_types": "type inconnu / unknown type",
}


class MatrixEdition(Protocol):
    """A version as it is stored; its text may no longer be valid."""

    @property
    def version(self) -> str: ...

    @property
    def effective(self) -> date: ...

    @property
    def text(self) -> str: ...


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """The types that a version denies each profession; `by_profession` None: its text is not valid.

    `unconfirmed`: how many cells let a profession read a type without a source that says so.
    """

    version: str
    effective: date
    by_profession: dict[str, tuple[str, ...]] | None
    unconfirmed: int = 0

    def denied(self, profession: str | None) -> tuple[str, ...] | None:
        """Type codes that the profession may not read, sorted; None: the matrix does not know it, access is refused.

        Raises:
            ServiceUnavailable: the text of the version is not valid, so that what it denies is unknown.
        """
        if self.by_profession is None:
            raise ServiceUnavailable
        return self.by_profession.get(profession or "")


def entitlement_of(table: Matrix) -> Entitlement:
    rows = {code: tuple(sorted(row.denied)) for code, row in table.professions.items()}
    return Entitlement(
        version=table.version,
        effective=table.effective,
        by_profession=rows,
        unconfirmed=unconfirmed_cells(table),
    )


def unconfirmed_cells(table: Matrix) -> int:
    """How many cells let a profession read a type without a source that says so."""
    return sum(len(table.unconfirmed(profession)) for profession in table.professions)


def entitlement_in(edition: MatrixEdition) -> Entitlement:
    """The entitlement of a stored version.

    A version whose text is no longer valid, because a code it names is gone, is neither skipped nor read in part.
    From its effective date on, every question about what a profession may read fails. Patients and depositors, whose
    questions do not depend on the matrix, are still answered.
    """
    try:
        return entitlement_of(read_matrix(edition.text))
    except MatrixInvalid:
        return Entitlement(version=edition.version, effective=edition.effective, by_profession=None)


def read_matrix(text: str) -> Matrix:
    """The matrix in a JSON text.

    Raises:
        MatrixInvalid: no such JSON, an unknown code, a key given twice, no profession, or an invalid version name.
    """
    try:
        table = matrix_from(text)
    except UnknownCode as unknown:
        code = unknown.code if _CODE.fullmatch(unknown.code) else "?"
        raise MatrixInvalid(cause=f"{_UNKNOWN.get(unknown.table, unknown.table)} : {code}") from None
    except msgspec.ValidationError as error:
        raise MatrixInvalid(cause=f"forme inattendue / unexpected shape{_place_in(error)}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise MatrixInvalid(cause="JSON illisible / unreadable JSON") from None
    _check_form(table, text)
    return table


def check_matrix(new: Matrix, editions: Iterable[MatrixEdition], today: date) -> None:
    """Whether a version may be added to the stored ones; versions of the past do not change.

    Raises:
        MatrixInvalid: its effective date has passed, or its name is taken.
    """
    if new.effective < today:
        raise MatrixInvalid(cause=f"date d'effet passée / effective date has passed : {new.effective}")
    if new.version in {edition.version for edition in editions}:
        raise name_taken()


def name_taken() -> MatrixInvalid:
    """The refusal of a version whose name is taken."""
    return MatrixInvalid(cause="nom de version déjà pris / version name already taken")


def diff_of(new: Matrix, against: Matrix) -> MatrixDiff:
    """Every cell that will change, those of added and removed professions included."""
    before, after = _readable(against), _readable(new)
    return MatrixDiff(
        version=new.version,
        effective=new.effective,
        against=against.version,
        professions_added=tuple(sorted(new.professions.keys() - against.professions.keys())),
        professions_removed=tuple(sorted(against.professions.keys() - new.professions.keys())),
        cells=tuple(
            CellChange(profession=profession, type_code=code, readable=(profession, code) in after)
            for profession, code in sorted(before ^ after)
        ),
        unconfirmed=unconfirmed_cells(new),
        loaded=False,
    )


def ruling_of(edition: MatrixEdition | None) -> Matrix:
    """The matrix to compare with; empty where no version is in force, or its text is not valid."""
    if edition is None:
        return _empty("", date.min)
    try:
        return read_matrix(edition.text)
    except MatrixInvalid:
        return _empty(edition.version, edition.effective)


def _empty(version: str, effective: date) -> Matrix:
    return Matrix(version=version, published=effective, effective=effective, complete=False, professions={})


def _readable(table: Matrix) -> set[tuple[str, str]]:
    return {(profession, code) for profession in table.professions for code in table.readable(profession)}


def _check_form(table: Matrix, text: str) -> None:
    # The decoder takes the last of two equal keys, and a hand-written file would lose the first silently.
    json.loads(text, object_pairs_hook=_without_duplicates)
    if not _VERSION.fullmatch(table.version):
        raise MatrixInvalid(cause="nom de version / version name")
    if not table.professions:
        raise MatrixInvalid(cause="aucune profession / no profession")


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise MatrixInvalid(cause="même clé deux fois / same key twice")
    return found


def _place_in(error: msgspec.ValidationError) -> str:
    """The path at the end of msgspec's message; the rest of the message may quote the text."""
    place = _PATH.search(str(error))
    return f" : {place[1]}" if place else ""
