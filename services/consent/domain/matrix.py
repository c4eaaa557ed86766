"""The versions of the entitlement matrix: which are valid, what one changes, which is in force on a day."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache

import msgspec

from contracts.codes import Matrix, UnknownCode, matrix, matrix_from, matrix_text
from contracts.consent import CellChange, MatrixDiff
from contracts.errors import MatrixInvalid, ServiceUnavailable

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")
_PATH = re.compile(r"at `\$\.([A-Za-z_.\[\]]{1,60})`$")
_UNKNOWN = {
    "professions": "profession inconnue / unknown profession",
    "document_types": "type inconnu / unknown type",
}


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One version as it is on file; nothing promises that its text still reads."""

    version: str
    effective: date
    loaded_at: datetime
    text: str


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """What one version lets each profession read; `by_profession` None: the version does not read."""

    version: str
    effective: date
    by_profession: dict[str, tuple[str, ...]] | None

    def denied(self, profession: str | None) -> tuple[str, ...] | None:
        """Type codes that profession may not read, in order; None when the matrix does not know it: refused.

        Raises:
            ServiceUnavailable: the version does not read; nobody can say what it withholds.
        """
        if self.by_profession is None:
            raise ServiceUnavailable
        return self.by_profession.get(profession or "")


def entitlement_of(table: Matrix) -> Entitlement:
    """The entitlement a matrix gives."""
    rows = {code: tuple(sorted(row.denied)) for code, row in table.professions.items()}
    return Entitlement(version=table.version, effective=table.effective, by_profession=rows)


def entitlement_in(edition: Edition) -> Entitlement:
    """The entitlement of a version on file.

    One that no longer reads, because a code it names is gone, is neither skipped nor read in part: from its day on,
    whoever asks what a profession may read is told that nobody knows. Patients and depositors, who do not ask, go on.
    """
    try:
        return entitlement_of(read_matrix(edition.text))
    except MatrixInvalid:
        return Entitlement(version=edition.version, effective=edition.effective, by_profession=None)


@cache
def built_in() -> Edition:
    """The version that comes with the house; everything was loaded after it."""
    return Edition(
        version=matrix().version,
        effective=matrix().effective,
        loaded_at=datetime.min.replace(tzinfo=UTC),
        text=matrix_text(),
    )


def with_built_in(loaded: Iterable[Edition]) -> tuple[Edition, ...]:
    """All versions, newest first; what was loaded stands before a version built in later under its name."""
    by_version = {built_in().version: built_in()} | {one.version: one for one in loaded}
    return tuple(sorted(by_version.values(), key=_rank, reverse=True))


def in_force(editions: Iterable[Edition], on: date) -> Edition | None:
    """The version in force on a day (UTC); of several with one effective date, the last loaded."""
    return max((one for one in editions if one.effective <= on), key=_rank, default=None)


def _rank(edition: Edition) -> tuple[date, datetime, str]:
    return edition.effective, edition.loaded_at, edition.version


def read_matrix(text: str) -> Matrix:
    """The matrix in a JSON text.

    Raises:
        MatrixInvalid: no such JSON, an unknown code, something said twice, no profession, or a name that is none.
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


def check_matrix(new: Matrix, editions: Iterable[Edition], today: date) -> None:
    """May this version be loaded beside those on file? No past is rewritten.

    Raises:
        MatrixInvalid: its day has passed, or its name is taken.
    """
    if new.effective < today:
        raise MatrixInvalid(cause=f"date d'effet passée / effective date has passed : {new.effective}")
    if new.version in {one.version for one in editions}:
        raise name_taken()


def name_taken() -> MatrixInvalid:
    """The refusal of a name that another version bears."""
    return MatrixInvalid(cause="nom de version déjà pris / version name already taken")


def diff_of(new: Matrix, against: Matrix) -> MatrixDiff:
    """Every crossing that will change, those of added and removed professions among them; nothing is loaded."""
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
        unconfirmed=sum(len(new.unconfirmed(profession)) for profession in new.professions),
        loaded=False,
    )


def ruling_of(edition: Edition | None) -> Matrix:
    """What a diff is told against; where no version is in force, or the one that is does not read, nobody reads."""
    if edition is None:
        return _nobody("", date.min)
    try:
        return read_matrix(edition.text)
    except MatrixInvalid:
        return _nobody(edition.version, edition.effective)


def _nobody(version: str, effective: date) -> Matrix:
    return Matrix(version=version, published=effective, effective=effective, complete=False, professions={})


def _readable(table: Matrix) -> set[tuple[str, str]]:
    return {(profession, code) for profession in table.professions for code in table.readable(profession)}


def _check_form(table: Matrix, text: str) -> None:
    # The decoder takes the last of two equal keys, and a hand-written file would lose the first without a word.
    json.loads(text, object_pairs_hook=_said_once)
    if not _VERSION.fullmatch(table.version):
        raise MatrixInvalid(cause="nom de version / version name")
    if not table.professions:
        raise MatrixInvalid(cause="aucune profession / no profession")


def _said_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise MatrixInvalid(cause="même clé deux fois / same key twice")
    return found


def _place_in(error: msgspec.ValidationError) -> str:
    """Where in the text, as msgspec says at the end; the rest of what it says may quote the text."""
    place = _PATH.search(str(error))
    return f" : {place[1]}" if place else ""
