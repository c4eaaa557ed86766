"""The place where a page of documents ended, as an opaque word that means the same however many are added."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

from contracts.errors import InvalidRequest


def write_cursor(created_at: datetime, document_id: UUID) -> str:
    """The cursor after a document."""
    return urlsafe_b64encode(f"{created_at.isoformat()} {document_id}".encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Date and id of the last document of the page before.

    Raises:
        InvalidRequest: not a cursor of ours.
    """
    try:
        moment, _, document_id = urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        created_at = datetime.fromisoformat(moment)
        if created_at.tzinfo is None:
            raise ValueError(moment)
        # PostgreSQL refuses zones that Python takes.
        return created_at.astimezone(UTC), UUID(document_id)
    except (ValueError, OverflowError):
        raise InvalidRequest(field="cursor") from None
