"""How often a drug is taken, in words: from a period in UCUM units."""

import re

_PERIOD = re.compile(r"(\d{1,4}) (min|h|d|wk|mo|a)", re.ASCII)
_UNITS = {
    "fr": {"min": "minute", "h": "heure", "d": "jour", "wk": "semaine", "mo": "mois", "a": "an"},
    "en": {"min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"},
}
_FEMININE = frozenset({"min", "h", "wk"})


def in_words(period: str | None, language: str) -> str | None:
    """`1 d` as `par jour`, `6 h` as `toutes les 6 heures`; anything else unchanged."""
    found = _PERIOD.fullmatch(period or "")
    if found is None:
        return period
    count, unit = int(found[1]), found[2]
    return _french(count, unit) if language == "fr" else _english(count, unit)


def _french(count: int, unit: str) -> str:
    word = _UNITS["fr"][unit]
    if count == 1:
        return f"par {word}"
    plural = word if word.endswith("s") else f"{word}s"
    return f"{'toutes' if unit in _FEMININE else 'tous'} les {count} {plural}"


def _english(count: int, unit: str) -> str:
    word = _UNITS["en"][unit]
    return f"every {word}" if count == 1 else f"every {count} {word}s"
