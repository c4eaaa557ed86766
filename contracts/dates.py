"""Dates of a French person's life: in which zone they are meant."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
"""Of dates without a time."""


def end_of_date(first: datetime, month: str | None, day: str | None) -> datetime:
    """The first moment after the day, month or year that begins then; of the days of Paris, not all have 24 hours."""
    if day:
        return first + timedelta(days=1)
    if month and first.month < 12:
        return first.replace(month=first.month + 1)
    return first.replace(year=first.year + 1, month=1)
