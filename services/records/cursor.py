"""Keyset cursors: the date and id of the last item of a page, so that items added meanwhile do not move the next."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

from contracts.errors.request import InvalidRequest

LARGEST_PAGE = 100
"""Most items of any list or search."""


def write_cursor(at: datetime, item_id: UUID, *then: datetime) -> str:
    """The cursor after an item; `then`: further dates that the items are sorted by."""
    moments = " ".join(moment.astimezone(UTC).isoformat() for moment in (at, *then))
    return urlsafe_b64encode(f"{moments} {item_id}".encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Date and id of the last item of the previous page; raises as `read_sorted_cursor`."""
    (at,), item_id = read_sorted_cursor(cursor, 1)
    return at, item_id


def read_sorted_cursor(cursor: str, dates: int) -> tuple[tuple[datetime, ...], UUID]:
    """As many dates as the items are sorted by, and the id, of the last item of the previous page.

    Raises:
        InvalidRequest: not a cursor that `write_cursor` wrote for this order.
    """
    try:
        *moments, item_id = urlsafe_b64decode(cursor.encode()).decode().split(" ")
        if len(moments) != dates:
            raise ValueError(cursor)
        dates_of_item, found_id = tuple(_in_utc(datetime.fromisoformat(moment)) for moment in moments), UUID(item_id)
        # Base64 and dates are read leniently: a page would repeat what another site put beside them.
        if cursor != write_cursor(dates_of_item[0], found_id, *dates_of_item[1:]):
            raise ValueError(cursor)
    except (ValueError, OverflowError):
        raise InvalidRequest(field="cursor") from None
    return dates_of_item, found_id


def _in_utc(moment: datetime) -> datetime:
    """PostgreSQL rejects time zones that Python accepts."""
    if moment.tzinfo is None:
        raise ValueError(moment)
    return moment.astimezone(UTC)
