"""Strict loading of code tables from the JSON files beside this module."""

from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


class UnknownCode(LookupError):
    """A code that is not in its table."""

    def __init__(self, table: str, code: str) -> None:
        super().__init__(f"no {code!r} in {table}")
        self.table = table
        self.code = code


def load(name: str, kind: type[T]) -> T:
    """The table in `<name>.json`.

    Raises:
        msgspec.ValidationError: the file does not fit `kind`; a broken table refuses to load.
    """
    return msgspec.json.decode(Path(__file__).with_name(f"{name}.json").read_bytes(), type=kind, strict=True)


def find(table: str, rows: dict[str, T], code: str) -> T:
    """The row of `code`.

    Raises:
        UnknownCode: there is none.
    """
    try:
        return rows[code]
    except KeyError:
        raise UnknownCode(table, code) from None
