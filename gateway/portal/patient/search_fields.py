"""The fields by which a patient looks for a professional, and the professions to choose from."""

from typing import Any

from contracts.codes.profession_codes import professions
from translations.catalogue import catalogue

FIELDS = ("name", "profession", "structure")
NO_FIELDS = dict.fromkeys(FIELDS, "")
_TEXTS = catalogue("portal")


def choices_of(language: str) -> dict[str, Any]:
    """Professions by name, after the choice of any."""
    rows = ((row.code, row.en if language == "en" else row.fr) for row in professions().values() if not row.retired)
    _ = _TEXTS.in_language(language)
    return {"professions": (("", _("readers.any_profession")), *sorted(rows, key=lambda row: row[1]))}
