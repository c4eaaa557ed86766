"""What the browser says of the proofs of journal lines, as a file of texts in each language."""

from datetime import date

import msgspec

from gateway.portal.journal_words import words_of
from translations.catalogue import catalogue

_TEXTS = catalogue("portal")
_FAULTS = (
    *("signature", "key", "key_changed", "inconsistent", "backwards", "broken", "form", "inclusion", "proof"),
    *("names", "words", "missing", "link", "twice", "changed", "foreign", "unproven"),
)
"""The codes of `Fault` in `static/journal_checks.js` and its neighbours."""
_MARKS = ("line_verified", "line_wrong", "line_young", "line_unproven")
_MESSAGES = _TEXTS.of_codes(
    "proof.{}",
    (
        *("unsupported", "unreachable", "no_head", "verified", "verified_one", "unchanged", "first", "not_kept"),
        *("complete", "gapless", "filtered", "young", "other", "nothing", "how", "download", "go_on"),
        *("break_title", "alarm_title", "break_means", "alarm_means", "alarm_do"),
        *_MARKS,
        *(f"{mark}_long" for mark in _MARKS),
        *(f"fault_{fault}" for fault in _FAULTS),
    ),
)
_MONTHS = _TEXTS.of_codes("whole_month.{}", [str(month) for month in range(1, 13)])
_WEEKDAYS = _TEXTS.of_codes("weekday.{}", [str(day) for day in range(7)])
"""From Sunday, as browsers count."""


def texts_of_proofs(language: str) -> bytes:
    """JSON: tables of words, months, weekdays, and messages by code."""
    return msgspec.json.encode(
        {
            "words": words_of(language),
            "months": [_month(month, language) for month in _MONTHS.keys],
            "weekdays": [_WEEKDAYS.text(day, language) for day in _WEEKDAYS.keys],
            "messages": {code: _MESSAGES.text(code, language) for code in _MESSAGES.keys},
        }
    )


def whole_day(day: str, language: str) -> str:
    """`2026-11-29` as `dimanche 29 novembre 2026`."""
    of_paris = date.fromisoformat(day)
    weekday = _WEEKDAYS.text(str(of_paris.isoweekday() % 7), language)
    return f"{weekday} {of_paris.day} {_month(str(of_paris.month), language)} {of_paris.year}"


def _month(month: str, language: str) -> str:
    """Within a date: French writes months small."""
    text = _MONTHS.text(month, language)
    return text if language == "en" else text.lower()
