"""Messages about versions of the entitlement matrix."""

from datetime import date

import msgspec


class LoadMatrix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Compare a new version of the matrix with the current one; with `load`, also store it.

    `text`: its JSON file. It takes effect on its own `effective` date; stored versions never change.
    """

    text: str
    load: bool = False


class CellChange(msgspec.Struct, frozen=True, kw_only=True):
    """One profession and type whose readability changes."""

    profession: str
    type_code: str
    readable: bool
    """In the new version."""


class MatrixDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What a new version changes against the one that would be in force on its effective date."""

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
    """List all versions of the matrix."""


class MatrixVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version; `text`: its JSON file."""

    version: str
    effective: date
    in_force: bool
    professions: int
    text: str


class Matrices(msgspec.Struct, frozen=True, kw_only=True):
    """All versions, newest effective date first."""

    versions: tuple[MatrixVersion, ...]
