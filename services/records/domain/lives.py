"""State machines of records and of documents, as tables."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from contracts.ages import anniversary
from contracts.errors.execution import DocumentTransitionRefused, NotCurrentVersion, RecordTransitionRefused
from contracts.errors.request import RecordNotFound
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
"""(status, action) -> status; None is no record. What is not listed is refused."""

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
"""(status, action) -> status. Deletion is final; a superseded document does not become current again."""


def record_after(status: RecordStatus | None, action: RecordAction) -> RecordStatus | None:
    """The status of a record afterwards.

    Raises:
        RecordNotFound: there is none. RecordTransitionRefused: not in this status.
    """
    if (status, action) in RECORD_LIFE:
        return RECORD_LIFE[status, action]
    if status is None:
        raise RecordNotFound
    raise RecordTransitionRefused(status=status.value)


def document_after(status: DocumentStatus, action: DocumentAction) -> DocumentStatus:
    """The status of a document afterwards.

    Raises:
        NotCurrentVersion: only a current document is replaced. DocumentTransitionRefused: not in this status.
    """
    if (status, action) in DOCUMENT_LIFE:
        return DOCUMENT_LIFE[status, action]
    if action is DocumentAction.REPLACE:
        raise NotCurrentVersion
    raise DocumentTransitionRefused(status=status.value)


def purge_day(closed_at: datetime, years: int) -> date:
    """The day on which a closed record is destroyed."""
    return anniversary(closed_at.date(), years)


def destruction_day(requested_at: datetime, planned: date | None, days: int) -> date:
    """The day of a destruction that the holder requested: soon, and never later than planned."""
    soon = requested_at.date() + timedelta(days=days)
    return soon if planned is None else min(soon, planned)
