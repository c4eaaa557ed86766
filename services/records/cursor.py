"""Keyset cursors: the date and id of the last item of a page, so that items added meanwhile do not move the next."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

from contracts.errors.request import InvalidRequest

LARGEST_PAGE = 100
"""Most items of any list or search."""


def write_cursor(at: datetime, item_id: UUID) -> str:
    """The cursor after an item."""
    return urlsafe_b64encode(f"{at.isoformat()} {item_id}".encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Date and id of the last item of the previous page.

    Raises:
        InvalidRequest: not a cursor that `write_cursor` wrote.
    """
    try:
        moment, _, item_id = urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError(moment)
        # PostgreSQL rejects time zones that Python accepts.
        return at.astimezone(UTC), UUID(item_id)
    except (ValueError, OverflowError):
        raise InvalidRequest(field="cursor") from None
