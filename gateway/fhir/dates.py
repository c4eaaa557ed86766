"""FHIR dates of any precision, as a sender states them."""

import re
from datetime import UTC, datetime, timedelta

import msgspec

from contracts.dates import PARIS, end_of_date
from contracts.errors.request import InvalidRequest

_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_TICK = timedelta(milliseconds=1)


class StatedDate(msgspec.Struct, frozen=True):
    """A dateTime from its first to its last moment, in UTC, both None if there is none.

    `partial`: as it was written, if without a time.
    """

    first: datetime | None = None
    last: datetime | None = None
    partial: str | None = None


def parse_date(sent: str | None, field: str) -> StatedDate:
    """A FHIR dateTime (R4, datatypes.html#dateTime).

    Raises:
        InvalidRequest: naming `field`. No date, or a time without a UTC offset.
    """
    if sent is None:
        return StatedDate()
    found = _PARTIAL.fullmatch(sent)
    try:
        if found is None:
            moment = _moment(sent)
            return StatedDate(moment, moment)
        year, month, day = found.groups()
        first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=PARIS)
        return StatedDate(first.astimezone(UTC), end_of_date(first, month, day).astimezone(UTC) - _TICK, sent)
    except (ValueError, OverflowError):
        raise InvalidRequest(field=field) from None


def parse_moment(sent: str | None, field: str) -> datetime | None:
    """A FHIR dateTime with a time, in UTC, None without one.

    Raises:
        InvalidRequest: naming `field`. No date, or one without a time: which moment is meant would be invented.
    """
    found = parse_date(sent, field)
    if found.partial:
        raise InvalidRequest(field=field)
    return found.first


def _moment(sent: str) -> datetime:
    moment = datetime.fromisoformat(sent)
    if moment.tzinfo is None:
        raise ValueError(sent)
    return moment.astimezone(UTC)
