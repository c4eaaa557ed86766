"""Months of the journal, the unit of partitioning and archiving."""

from datetime import date, datetime

import msgspec


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """`last_position`: None until the month is over; `object_key`, `sha256`: None until it is archived."""

    month: date
    first_position: int
    last_position: int | None = None
    object_key: str | None = None
    sha256: bytes | None = None


def months_before(now: datetime, months: int) -> date:
    """First day of the month `months` before the month of `now`."""
    count = now.year * 12 + now.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
