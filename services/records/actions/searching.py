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
from services.records.actions.access import LARGEST_PAGE, Access
from services.records.actions.reading import read
from services.records.cursor import read_cursor, write_cursor
from services.records.domain import Permit
from services.records.store import Cellar

_SORTED_BY = frozenset({DateOf.CREATION, DateOf.DEPOSIT, DateOf.CHANGE})


def search_documents(cellar: Cellar, call: RequestContext[SearchDocuments]) -> EntryPage:
    """One page of the documents that answer, of what the actor may see.

    Raises:
        InvalidRequest: count, sort or cursor; Refusal: consent's, journalled.
    """
    asked = call.message
    _check_count(asked.count)
    if asked.sort.by not in _SORTED_BY:
        raise InvalidRequest(field="sort")
    after = read_cursor(asked.cursor) if asked.cursor else None
    access, leave = _leave(cellar, call)
    # One more than asked for tells whether there is a next page.
    found = cellar.entries.search(leave, asked, after=after, count=asked.count + 1)
    total = cellar.entries.count(leave, asked) if asked.total else None
    access.granted()
    page = tuple(filed.entry for filed in found[: asked.count])
    return EntryPage(
        entries=page,
        next=_place(page, asked) if len(found) > asked.count > 0 else None,
        total=total,
        emergency=access.owes(Obligation.SHOW_EMERGENCY_BANNER),
    )


def search_lots(cellar: Cellar, call: RequestContext[SearchSubmissionSets]) -> SubmissionSetPage:
    """One page of the lots that answer and hold something the actor may see; raises as `search_documents`."""
    asked = call.message
    _check_count(asked.count)
    after = read_cursor(asked.cursor) if asked.cursor else None
    access, leave = _leave(cellar, call)
    found = cellar.lots.search(leave, asked, after=after, count=asked.count + 1)
    page = tuple(found[: asked.count])
    documents = _documents_in(cellar, leave, page) if asked.with_documents and page else ()
    total = cellar.lots.count(leave, asked) if asked.total else None
    access.granted()
    has_more = len(found) > asked.count > 0
    return SubmissionSetPage(
        lots=page,
        documents=documents,
        next=write_cursor(page[-1].submitted_at, page[-1].lot_id) if has_more else None,
        total=total,
        emergency=access.owes(Obligation.SHOW_EMERGENCY_BANNER),
    )


def read_entry(cellar: Cellar, call: RequestContext[ReadDocument]) -> Entry:
    """One entry with all that is known of it; raises as `get_document`."""
    return read(cellar, call).entry


def _leave(cellar: Cellar, call: RequestContext[Any]) -> tuple[Access, Permit]:
    asked: SearchDocuments | SearchSubmissionSets = call.message
    access = Access(cellar, call, asked.patient_id, Act.CONSULTATION_LISTE, mode=asked.mode, secret=asked.secret)
    superseded = DocumentStatus.SUPERSEDED in asked.statuses
    leave = access.ask(Purpose.READ, superseded=superseded, archived=DocumentStatus.ARCHIVED in asked.statuses)
    return access, leave


def _documents_in(cellar: Cellar, leave: Permit, page: Sequence[SubmissionSetEntry]) -> tuple[Entry, ...]:
    ids = [one for lot in page for one in lot.documents]
    return tuple(filed.entry for filed in cellar.entries.several(leave, ids))


def _check_count(count: int) -> None:
    if not 0 <= count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")


def _place(page: Sequence[Entry], asked: SearchDocuments) -> str:
    last = page[-1]
    dates = {
        DateOf.CREATION: last.document.created_at,
        DateOf.DEPOSIT: last.document.deposited_at,
        DateOf.CHANGE: last.changed_at,
    }
    return write_cursor(dates[asked.sort.by], last.document.document_id)
