"""Messages that search documents and submission sets."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.records.entries import DocumentEntry
from contracts.records.submission_sets import SubmissionSetEntry
from contracts.vocabulary import AccessMode, DocumentId, DocumentStatus, PatientId


class DateKind(StrEnum):
    """The dates of a document that can be searched; the first three can also be sorted by."""

    CREATION = "creation"
    """When it was written."""
    DEPOSIT = "deposit"
    CHANGE = "change"
    """When its entry last changed."""
    SERVICE_START = "service_start"
    """Start of the documented act; unknown counts as long ago."""
    SERVICE_STOP = "service_stop"
    """Unknown counts as not over."""


class DateRange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From `since` (inclusive) to `before` (exclusive), either open; `outside`: everything else."""

    of: DateKind
    since: datetime | None = None
    before: datetime | None = None
    outside: bool = False


class NamePart(StrEnum):
    """Part of an author's name."""

    FAMILY = "family"
    GIVEN = "given"


class NamePattern(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Authors with a name that starts with, or contains, one of `any_of`; case and accents are ignored."""

    part: NamePart
    any_of: tuple[str, ...]
    contains: bool = False


class SortOrder(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By one of the first three dates, ties by id."""

    by: DateKind = DateKind.CREATION
    ascending: bool = False


class SearchDocuments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find documents that match every condition.

    `tokens`: groups of `kind:code` or `kind:system|code` (kinds: type, class, format, event, facility, setting,
    author, related), any of each group. `labels`: groups of N, R, V and marks, any of each group. `identifiers`:
    uniqueId, entryUUID or logicalId, any of them; `identifier_groups`: any of each group besides. `window_groups`:
    of each group at least one alternative, all of its windows. `then_by`: the order of those equal by `sort`.
    `count`: 0 to 100. `total`: count all matches. `cursor`: `next` of
    the previous page of the same search.
    """

    patient_id: PatientId
    statuses: tuple[DocumentStatus, ...]
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False
    tokens: tuple[tuple[str, ...], ...] = ()
    labels: tuple[tuple[str, ...], ...] = ()
    names: tuple[NamePattern, ...] = ()
    windows: tuple[DateRange, ...] = ()
    identifiers: tuple[str, ...] = ()
    ids: tuple[DocumentId, ...] = ()
    sort: SortOrder = SortOrder()
    count: int = 20
    total: bool = False
    cursor: str | None = None
    identifier_groups: tuple[tuple[str, ...], ...] = ()
    window_groups: tuple[tuple[tuple[DateRange, ...], ...], ...] = ()
    then_by: tuple[SortOrder, ...] = ()


class DocumentEntryPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page; `total`: if requested; `emergency`: show the emergency banner."""

    entries: tuple[DocumentEntry, ...]
    next: str | None = None
    total: int | None = None
    emergency: bool = False


class SearchSubmissionSets(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find submission sets with at least one document the caller may see, newest first.

    `statuses`: of the documents that make a set visible. `windows`: DEPOSIT is the set's own date. `content_types`:
    `code`, `system|code`, `|code` or `system|`. `identifiers`, `identifier_groups`: id or uniqueId of the set, as for
    documents; so are `window_groups`. `has_source`: it names its source. `with_documents`: return the visible
    documents too.
    """

    patient_id: PatientId
    statuses: tuple[DocumentStatus, ...] = (DocumentStatus.CURRENT,)
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False
    content_types: tuple[tuple[str, ...], ...] = ()
    sources: tuple[str, ...] = ()
    names: tuple[NamePattern, ...] = ()
    windows: tuple[DateRange, ...] = ()
    identifiers: tuple[str, ...] = ()
    ids: tuple[UUID, ...] = ()
    ascending: bool = False
    count: int = 20
    total: bool = False
    cursor: str | None = None
    with_documents: bool = False
    identifier_groups: tuple[tuple[str, ...], ...] = ()
    window_groups: tuple[tuple[tuple[DateRange, ...], ...], ...] = ()
    has_source: bool = False


class SubmissionSetPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page of submission sets, and their documents if requested."""

    lots: tuple[SubmissionSetEntry, ...]
    documents: tuple[DocumentEntry, ...] = ()
    next: str | None = None
    total: int | None = None
    emergency: bool = False
