"""How much of a drug is taken and how often, in words: from quantities and periods in UCUM units."""

import re

from translations.catalogue import catalogue

_TEXTS = catalogue("documents")
_PERIOD = re.compile(r"(\d{1,4}) (min|h|d|wk|mo|a)", re.ASCII)
_DOSE = re.compile(r"(.*\d) ([^\d\s]+)")
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_UNITS = ("min", "h", "d", "wk", "mo", "a")
_EVERY = _TEXTS.of_codes("every.{}", _UNITS)
_EVERY_SEVERAL = _TEXTS.of_codes("every_several.{}", _UNITS)
_COUNTED = _TEXTS.of_codes(
    "unit.{}",
    ("tablet", "capsule", "drop", "puff", "count", "dose", "sachet", "patch", "vial", "spoon", "suppository"),
)
_SAME = {
    **dict.fromkeys(("tbl", "tab", "tablets", "comprimé", "TAB"), "tablet"),
    **dict.fromkeys(("cap", "capsules", "CAP"), "capsule"),
    **dict.fromkeys(("[drp]", "drops", "gtt", "drp"), "drop"),
    **dict.fromkeys(("[puff]", "puffs"), "puff"),
    **dict.fromkeys(("unit", "units", "unité", "unités"), "count"),
    **dict.fromkeys(("doses",), "dose"),
}
"""Annotations by which senders name the same unit."""


def in_words(period: str | None, language: str) -> str | None:
    """`1 d` as `par jour`, `6 h` as `toutes les 6 heures`; anything else unchanged."""
    found = _PERIOD.fullmatch(period or "")
    if found is None:
        return period
    count, unit = int(found[1]), found[2]
    return (_EVERY if count == 1 else _EVERY_SEVERAL).text(unit, language).format(count=count)


def dose_in_words(dose: str | None, language: str) -> str | None:
    """`1 – 2 tablet` as `1 – 2 comprimé(s)`; anything else unchanged."""
    found = _DOSE.fullmatch(dose or "")
    return f"{found[1]} {unit_in_words(found[2], language)}" if found else dose


def unit_in_words(unit: str | None, language: str) -> str | None:
    """The unit's name if it counts things, `{tablet}` as well as `tablet`; a unit of measurement unchanged."""
    if unit is None:
        return None
    written = unit[1:-1] if _ANNOTATION.fullmatch(unit) else unit
    name = _SAME.get(written, written)
    return _COUNTED.text(name, language) if name in _COUNTED else written
