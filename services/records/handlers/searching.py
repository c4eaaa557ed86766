"""Searching: entries and lots that answer to conditions, page by page; what is found is journalled as a list is."""

from collections.abc import Sequence
from typing import Any

from chassis.units import RequestContext
from contracts.consent import Obligation, Purpose
from contracts.errors import InvalidRequest
from contracts.records import (
    DateOf,
    Entry,
    EntryPage,
    ReadDocument,
    SearchDocuments,
    SearchSubmissionSets,
    SubmissionSetEntry,
    SubmissionSetPage,
)
from contracts.vocabulary import Act, DocumentStatus
from services.records.cursor import read_cursor, write_cursor
from services.records.domain import Permit
from services.records.handlers.access import LARGEST_PAGE, Access
from services.records.handlers.reading import read
from services.records.repositories import Repositories

_SORTED_BY = frozenset({DateOf.CREATION, DateOf.DEPOSIT, DateOf.CHANGE})


def search_documents(repositories: Repositories, call: RequestContext[SearchDocuments]) -> EntryPage:
    """One page of the documents that answer, of what the actor may see.

    Raises:
        InvalidRequest: count, sort or cursor; Refusal: consent's, journalled.
    """
    request = call.message
    _check_count(request.count)
    if request.sort.by not in _SORTED_BY:
        raise InvalidRequest(field="sort")
    after = read_cursor(request.cursor) if request.cursor else None
    access, permit = _ask_permit(repositories, call)
    # One more than asked for tells whether there is a next page.
    found = repositories.entries.search(permit, request, after=after, count=request.count + 1)
    total = repositories.entries.count(permit, request) if request.total else None
    access.granted()
    page = tuple(stored.entry for stored in found[: request.count])
    return EntryPage(
        entries=page,
        next=_place(page, request) if len(found) > request.count > 0 else None,
        total=total,
        emergency=access.owes(Obligation.SHOW_EMERGENCY_BANNER),
    )


def search_submission_sets(
    repositories: Repositories, call: RequestContext[SearchSubmissionSets]
) -> SubmissionSetPage:
    """One page of the lots that answer and hold something the actor may see; raises as `search_documents`."""
    request = call.message
    _check_count(request.count)
    after = read_cursor(request.cursor) if request.cursor else None
    access, permit = _ask_permit(repositories, call)
    found = repositories.lots.search(permit, request, after=after, count=request.count + 1)
    page = tuple(found[: request.count])
    documents = _documents_in(repositories, permit, page) if request.with_documents and page else ()
    total = repositories.lots.count(permit, request) if request.total else None
    access.granted()
    has_more = len(found) > request.count > 0
    return SubmissionSetPage(
        lots=page,
        documents=documents,
        next=write_cursor(page[-1].submitted_at, page[-1].lot_id) if has_more else None,
        total=total,
        emergency=access.owes(Obligation.SHOW_EMERGENCY_BANNER),
    )


def read_entry(repositories: Repositories, call: RequestContext[ReadDocument]) -> Entry:
    """One entry with all that is known of it; raises as `get_document`."""
    return read(repositories, call).entry


def _ask_permit(repositories: Repositories, call: RequestContext[Any]) -> tuple[Access, Permit]:
    request: SearchDocuments | SearchSubmissionSets = call.message
    access = Access(
        repositories, call, request.patient_id, Act.CONSULTATION_LISTE, mode=request.mode, secret=request.secret
    )
    superseded = DocumentStatus.SUPERSEDED in request.statuses
    permit = access.ask(Purpose.READ, superseded=superseded, archived=DocumentStatus.ARCHIVED in request.statuses)
    return access, permit


def _documents_in(
    repositories: Repositories, permit: Permit, page: Sequence[SubmissionSetEntry]
) -> tuple[Entry, ...]:
    ids = [one for lot in page for one in lot.documents]
    return tuple(stored.entry for stored in repositories.entries.several(permit, ids))


def _check_count(count: int) -> None:
    if not 0 <= count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")


def _place(page: Sequence[Entry], request: SearchDocuments) -> str:
    last = page[-1]
    dates = {
        DateOf.CREATION: last.document.created_at,
        DateOf.DEPOSIT: last.document.deposited_at,
        DateOf.CHANGE: last.changed_at,
    }
    return write_cursor(dates[request.sort.by], last.document.document_id)
