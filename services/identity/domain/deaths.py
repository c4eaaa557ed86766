"""Rules about the report of a death: its date, its evidence, and what its undoing does not bring back."""

from datetime import date

from contracts.errors.request import InvalidRequest

NOT_RESTORED = ("sessions", "codes", "representatives_default_visibility")
"""Logins, codes under way, and a default for new documents that a representative had set; all else is as before."""

_SHORTEST, _LONGEST, _LEAST_CHARACTERS = 4, 200, 3


def check_died_on(died_on: date, birth_date: date, today: date) -> None:
    """Raises InvalidRequest unless the day is one of the person's life."""
    if not birth_date <= died_on <= today:
        raise InvalidRequest(field="died_on")


def check_reference(reference: str, *, field: str) -> None:
    """Raises InvalidRequest unless it may be a document's reference: 4 to 200 characters, three of them readable.

    Blanks around it are refused, since two agents have to state the same.
    """
    is_readable = sum(map(str.isalnum, reference)) >= _LEAST_CHARACTERS
    if reference != reference.strip() or not _SHORTEST <= len(reference) <= _LONGEST or not is_readable:
        raise InvalidRequest(field=field)
