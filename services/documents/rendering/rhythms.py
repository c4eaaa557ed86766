"""How often a drug is taken, in words: from a period in UCUM units."""

import re

from translations.catalogue import catalogue

_PERIOD = re.compile(r"(\d{1,4}) (min|h|d|wk|mo|a)", re.ASCII)
_UNITS = ("min", "h", "d", "wk", "mo", "a")
_EVERY = catalogue("documents").of_codes("every.{}", _UNITS)
_EVERY_SEVERAL = catalogue("documents").of_codes("every_several.{}", _UNITS)


def in_words(period: str | None, language: str) -> str | None:
    """`1 d` as `par jour`, `6 h` as `toutes les 6 heures`; anything else unchanged."""
    found = _PERIOD.fullmatch(period or "")
    if found is None:
        return period
    count, unit = int(found[1]), found[2]
    return (_EVERY if count == 1 else _EVERY_SEVERAL).text(unit, language).format(count=count)
