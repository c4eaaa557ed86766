"""How documents and lots are searched for, beyond the list of a section."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.records.entries import Entry
from contracts.records.submission_sets import SubmissionSetEntry
from contracts.vocabulary import AccessMode, DocumentId, DocumentStatus, PatientId


class DateOf(StrEnum):
    """The dates of a document that can be searched, and the first three sorted, by."""

    CREATION = "creation"
    """When it was written."""
    DEPOSIT = "deposit"
    CHANGE = "change"
    """When its entry last changed."""
    SERVICE_START = "service_start"
    """Of the act it tells of; unknown is long ago."""
    SERVICE_STOP = "service_stop"
    """Unknown is not over."""


class Window(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A date from `since` on and before `before`, either open; `outside`: anywhere else."""

    of: DateOf
    since: datetime | None = None
    before: datetime | None = None
    outside: bool = False


class NamePart(StrEnum):
    """What of an author's name is looked at."""

    FAMILY = "family"
    GIVEN = "given"


class NamePattern(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Authors one of whose names begins with, or contains, one of these; case and accents count for nothing."""

    part: NamePart
    any_of: tuple[str, ...]
    contains: bool = False


class Sort(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By one of the first three dates, ties by id."""

    by: DateOf = DateOf.CREATION
    ascending: bool = False


class SearchDocuments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find documents that answer to every condition.

    `tokens`: groups of `kind:code` or `kind:system|code` (kinds: type, class, format, event, facility, setting,
    author, related), one of each group. `labels`: groups of N, R, V and marks, one of each group. `identifiers`:
    uniqueId, entryUUID or logicalId, one of them. `count`: 0 to 100. `total`: count all that answer. `cursor`: where
    the last page of the same search ended.
    """

    patient_id: PatientId
    statuses: tuple[DocumentStatus, ...]
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False
    tokens: tuple[tuple[str, ...], ...] = ()
    labels: tuple[tuple[str, ...], ...] = ()
    names: tuple[NamePattern, ...] = ()
    windows: tuple[Window, ...] = ()
    identifiers: tuple[str, ...] = ()
    ids: tuple[DocumentId, ...] = ()
    sort: Sort = Sort()
    count: int = 20
    total: bool = False
    cursor: str | None = None


class EntryPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page; `total` when it was asked for; `emergency` asks for the banner."""

    entries: tuple[Entry, ...]
    next: str | None = None
    total: int | None = None
    emergency: bool = False


class SearchSubmissionSets(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find lots with at least one document the asker may see, newest first.

    `statuses`: of the documents that make a lot visible. `windows`: DEPOSIT is the lot's own date. `content_types`:
    `code` or `system|code`. `identifiers`: of the lot or its uniqueId. `with_documents`: give those the asker may
    see, too.
    """

    patient_id: PatientId
    statuses: tuple[DocumentStatus, ...] = (DocumentStatus.CURRENT,)
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False
    content_types: tuple[tuple[str, ...], ...] = ()
    sources: tuple[str, ...] = ()
    names: tuple[NamePattern, ...] = ()
    windows: tuple[Window, ...] = ()
    identifiers: tuple[str, ...] = ()
    ids: tuple[UUID, ...] = ()
    ascending: bool = False
    count: int = 20
    total: bool = False
    cursor: str | None = None
    with_documents: bool = False


class SubmissionSetPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page of lots, and the documents in them where they were asked for."""

    lots: tuple[SubmissionSetEntry, ...]
    documents: tuple[Entry, ...] = ()
    next: str | None = None
    total: int | None = None
    emergency: bool = False
