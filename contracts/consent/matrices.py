"""Messages about versions of the entitlement matrix."""

from datetime import date, datetime

import msgspec


class LoadMatrix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Compare a new version of the matrix with the current one; with `load`, also store it.

    `text`: its JSON file. It takes effect on its own `effective` date; stored versions never change.
    """

    text: str
    load: bool = False


class WithdrawMatrix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Say what changes once a loaded version is withdrawn; with `withdraw`, also withdraw it.

    It is in force no more, at once and for ever; its name stays taken. The version before it rules instead.
    """

    version: str
    withdraw: bool = False


class CellChange(msgspec.Struct, frozen=True, kw_only=True):
    """One profession and type whose readability changes."""

    profession: str
    type_code: str
    readable: bool
    """In the new version."""


class MatrixDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What a new version changes against the one that would be in force on its effective date.

    Of a withdrawal: what the version that rules instead changes against the one withdrawn, on the first day on which
    the withdrawal has an effect.
    """

    version: str
    effective: date
    against: str
    professions_added: tuple[str, ...]
    professions_removed: tuple[str, ...]
    cells: tuple[CellChange, ...]
    unconfirmed: int
    """Readable cells of the new version that no source confirms."""
    loaded: bool
    """Or withdrawn; False: only compared."""


class ListMatrices(msgspec.Struct, frozen=True, kw_only=True):
    """List all versions of the matrix."""


class MatrixVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version; `text`: its JSON file; `withdrawn_at`: since when it is in force no more."""

    version: str
    effective: date
    in_force: bool
    professions: int
    text: str
    withdrawn_at: datetime | None = None


class Matrices(msgspec.Struct, frozen=True, kw_only=True):
    """All versions, newest effective date first."""

    versions: tuple[MatrixVersion, ...]
