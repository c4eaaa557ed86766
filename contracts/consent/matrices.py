"""The entitlement matrix: its versions, and what another one would change."""

from datetime import date

import msgspec


class LoadMatrix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A new version of the entitlement matrix, as the text of its JSON file; without `load` only the diff is told.

    It comes into force on its own `effective` date; the version in force is replaced then, none is ever changed.
    """

    text: str
    load: bool = False


class CellChange(msgspec.Struct, frozen=True, kw_only=True):
    """One crossing of profession and type that will change."""

    profession: str
    type_code: str
    readable: bool
    """From the new version on."""


class MatrixDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What a new version changes against the one that would be in force on that day."""

    version: str
    effective: date
    against: str
    professions_added: tuple[str, ...]
    professions_removed: tuple[str, ...]
    cells: tuple[CellChange, ...]
    unconfirmed: int
    """Readable cells of the new version that no source confirms."""
    loaded: bool


class ListMatrices(msgspec.Struct, frozen=True, kw_only=True):
    """Which versions of the matrix are there?"""


class MatrixVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version; the text is its JSON file."""

    version: str
    effective: date
    in_force: bool
    professions: int
    text: str


class Matrices(msgspec.Struct, frozen=True, kw_only=True):
    """All versions, newest effective date first."""

    versions: tuple[MatrixVersion, ...]
