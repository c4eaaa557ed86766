"""The professions of TRE_G15: their codes, their names, and which codes are no longer given."""

import re
from functools import cache

import msgspec

from contracts.codes.tables import find, load

_SPECIALTY = re.compile(r"G15_(\d{2})(?:/.+)?", re.ASCII)


class ProfessionRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profession code; a retired one stays on old documents and is refused on new ones."""

    code: str
    fr: str
    en: str
    retired: bool = False


@cache
def professions() -> dict[str, ProfessionRow]:
    """Every profession by its code."""
    return {row.code: row for row in load("professions", list[ProfessionRow])}


def profession_of(code: str) -> ProfessionRow:
    """The row of a profession code; raises UnknownCode."""
    return find("professions", professions(), code)


def is_retired(code: str) -> bool:
    """Whether a profession code is no longer given; raises UnknownCode."""
    return profession_of(code).retired


def profession_of_specialty(specialty: str) -> str | None:
    """Profession code in an author specialty (JDV_J01): `G15_10/SM26` -> `10`; None for devices and patients."""
    match = _SPECIALTY.fullmatch(specialty)
    return match[1] if match else None
