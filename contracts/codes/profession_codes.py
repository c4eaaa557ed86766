"""Professions of TRE_G15: codes, names, and which codes are retired."""

import re
from functools import cache

import msgspec

from contracts.codes.tables import find, load

_SPECIALTY = re.compile(r"G15_(\d{2})(?:/.+)?", re.ASCII)


class ProfessionRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profession code; a retired one is accepted on old documents and refused on new ones."""

    code: str
    fr: str
    en: str
    retired: bool = False


@cache
def professions() -> dict[str, ProfessionRow]:
    """Every profession by code."""
    return {row.code: row for row in load("professions", list[ProfessionRow])}


def profession_of(code: str) -> ProfessionRow:
    """The row of a profession code; raises UnknownCode."""
    return find("professions", professions(), code)


def is_retired(code: str) -> bool:
    """Whether a profession code is no longer assigned; raises UnknownCode."""
    return profession_of(code).retired


def profession_of_specialty(specialty: str) -> str | None:
    """Profession code of an author specialty (JDV_J01): `G15_10/SM26` -> `10`; else None."""
    match = _SPECIALTY.fullmatch(specialty)
    return match[1] if match else None
