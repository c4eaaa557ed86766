"""The life of a record and of a document, as tables: what may be done in which state, and what comes of it."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from contracts.ages import anniversary
from contracts.errors import DocumentTransitionRefused, NotCurrentVersion, RecordNotFound, RecordTransitionRefused
from contracts.vocabulary import DocumentStatus, RecordStatus


class RecordAction(StrEnum):
    """What is done to a record."""

    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"
    ASK_DESTRUCTION = "ask_destruction"
    SUSPEND = "suspend"
    RESUME = "resume"
    PURGE = "purge"


class DocumentAction(StrEnum):
    """What is done to a document."""

    REPLACE = "replace"
    CHANGE = "change"
    """Its metadata: a new entryUUID and version, the same logicalId."""
    ARCHIVE = "archive"
    RESTORE = "restore"
    DELETE = "delete"


RECORD_LIFE: dict[tuple[RecordStatus | None, RecordAction], RecordStatus | None] = {
    (None, RecordAction.OPEN): RecordStatus.ACTIVE,
    (RecordStatus.ACTIVE, RecordAction.CLOSE): RecordStatus.CLOSED,
    (RecordStatus.ACTIVE, RecordAction.ASK_DESTRUCTION): RecordStatus.CLOSED,
    (RecordStatus.ACTIVE, RecordAction.SUSPEND): RecordStatus.SUSPENDED,
    (RecordStatus.SUSPENDED, RecordAction.RESUME): RecordStatus.ACTIVE,
    (RecordStatus.CLOSED, RecordAction.REOPEN): RecordStatus.ACTIVE,
    (RecordStatus.CLOSED, RecordAction.ASK_DESTRUCTION): RecordStatus.CLOSED,
    (RecordStatus.CLOSED, RecordAction.PURGE): None,
}
"""(state, deed) -> state; None is no record. What is not listed is refused."""

DOCUMENT_LIFE: dict[tuple[DocumentStatus, DocumentAction], DocumentStatus] = {
    (DocumentStatus.CURRENT, DocumentAction.REPLACE): DocumentStatus.SUPERSEDED,
    (DocumentStatus.CURRENT, DocumentAction.CHANGE): DocumentStatus.CURRENT,
    (DocumentStatus.CURRENT, DocumentAction.ARCHIVE): DocumentStatus.ARCHIVED,
    (DocumentStatus.CURRENT, DocumentAction.DELETE): DocumentStatus.DELETED,
    (DocumentStatus.SUPERSEDED, DocumentAction.CHANGE): DocumentStatus.SUPERSEDED,
    (DocumentStatus.SUPERSEDED, DocumentAction.DELETE): DocumentStatus.DELETED,
    (DocumentStatus.ARCHIVED, DocumentAction.CHANGE): DocumentStatus.ARCHIVED,
    (DocumentStatus.ARCHIVED, DocumentAction.RESTORE): DocumentStatus.CURRENT,
    (DocumentStatus.ARCHIVED, DocumentAction.DELETE): DocumentStatus.DELETED,
}
"""(state, deed) -> state. A deleted document stays so; a replaced one does not come back."""


def record_after(status: RecordStatus | None, deed: RecordAction) -> RecordStatus | None:
    """The state a record is in afterwards.

    Raises:
        RecordNotFound: there is none. RecordTransitionRefused: not in this state.
    """
    if (status, deed) in RECORD_LIFE:
        return RECORD_LIFE[status, deed]
    if status is None:
        raise RecordNotFound
    raise RecordTransitionRefused(status=status.value)


def document_after(status: DocumentStatus, deed: DocumentAction) -> DocumentStatus:
    """The state a document is in afterwards.

    Raises:
        NotCurrentVersion: what was replaced already. DocumentTransitionRefused: not in this state.
    """
    if (status, deed) in DOCUMENT_LIFE:
        return DOCUMENT_LIFE[status, deed]
    if deed is DocumentAction.REPLACE:
        raise NotCurrentVersion
    raise DocumentTransitionRefused(status=status.value)


def purge_day(closed_at: datetime, years: int) -> date:
    """The day a record closed at that moment is destroyed."""
    return anniversary(closed_at.date(), years)


def destruction_day(asked_at: datetime, stored_record: date | None, days: int) -> date:
    """The day an express destruction takes place: soon, never later than what was planned."""
    soon = asked_at.date() + timedelta(days=days)
    return soon if stored_record is None else min(soon, stored_record)
