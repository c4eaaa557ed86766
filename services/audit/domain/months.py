"""Months of the journal: where their lines lie, and which are old enough to go."""

from datetime import date, datetime

import msgspec


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """One month; `last_position` once it is over, `object_key` and `sha256` of the object once it is archived."""

    month: date
    first_position: int
    last_position: int | None = None
    object_key: str | None = None
    sha256: bytes | None = None


def months_before(now: datetime, months: int) -> date:
    """First day of the month that many months before this one."""
    count = now.year * 12 + now.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
