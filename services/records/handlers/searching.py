"""Searching: documents and submission sets that meet conditions, page by page."""

from collections.abc import Sequence

from chassis.access_rules import asks
from chassis.handlers import handles
from contracts.consent.decisions import Obligation, Purpose
from contracts.consent.permits import Permit
from contracts.errors.request import InvalidRequest
from contracts.records.api import Records
from contracts.records.entries import DocumentEntry
from contracts.records.searching import (
    DateKind,
    DocumentEntryPage,
    SearchDocuments,
    SearchSubmissionSets,
    SubmissionSetPage,
)
from contracts.records.submission_sets import SubmissionSetEntry
from contracts.vocabulary import Act, DocumentStatus
from services.records.context import RecordsContext
from services.records.cursor import LARGEST_PAGE, read_cursor, read_sorted_cursor, write_cursor
from services.records.domain.permits import check_app_may

_SEARCHES = asks(Purpose.READ, Act.CONSULTATION_LISTE)
_SORTED_BY = frozenset({DateKind.CREATION, DateKind.DEPOSIT, DateKind.CHANGE})


@handles(Records.search_documents, access=_SEARCHES, reading=True)
def search_documents(ctx: RecordsContext, request: SearchDocuments) -> DocumentEntryPage:
    """One page of the matching documents that the actor may see.

    Raises:
        InvalidRequest: count, sort or cursor; Refusal: consent's.
    """
    _check_count(request.count)
    orders = (request.sort, *request.then_by)
    if len({order.by for order in orders} & _SORTED_BY) != len(orders):
        raise InvalidRequest(field="sort")
    after = read_sorted_cursor(request.cursor, len(orders)) if request.cursor else None
    permit = _permit_to_search(ctx, request)
    # One more than requested shows whether there is a next page.
    found = ctx.repositories.entries.search(permit, request, after=after, count=request.count + 1)
    total = ctx.repositories.entries.count(permit, request) if request.total else None
    page = tuple(stored_document.entry for stored_document in found[: request.count])
    return DocumentEntryPage(
        entries=page,
        next=_next_cursor(page, request) if len(found) > request.count > 0 else None,
        total=total,
        emergency=Obligation.SHOW_EMERGENCY_BANNER in permit.obligations,
    )


@handles(Records.search_lots, access=_SEARCHES, reading=True)
def search_submission_sets(ctx: RecordsContext, request: SearchSubmissionSets) -> SubmissionSetPage:
    """One page of the matching submission sets with a document the actor may see.

    Raises:
        ScopeMissing, and as `search_documents`.
    """
    _check_count(request.count)
    after = read_cursor(request.cursor) if request.cursor else None
    permit = _permit_to_search(ctx, request)
    check_app_may(ctx.actor, lists=True)
    submission_sets = ctx.repositories.submission_sets
    found = submission_sets.search(permit, request, after=after, count=request.count + 1)
    page = tuple(found[: request.count])
    documents = _documents_in(ctx, permit, page) if request.with_documents and page else ()
    total = submission_sets.count(permit, request) if request.total else None
    has_more = len(found) > request.count > 0
    return SubmissionSetPage(
        lots=page,
        documents=documents,
        next=write_cursor(page[-1].submitted_at, page[-1].lot_id) if has_more else None,
        total=total,
        emergency=Obligation.SHOW_EMERGENCY_BANNER in permit.obligations,
    )


def _permit_to_search(ctx: RecordsContext, request: SearchDocuments | SearchSubmissionSets) -> Permit:
    return ctx.access.permit(
        superseded=DocumentStatus.SUPERSEDED in request.statuses,
        archived=DocumentStatus.ARCHIVED in request.statuses,
    )


def _documents_in(
    ctx: RecordsContext, permit: Permit, page: Sequence[SubmissionSetEntry]
) -> tuple[DocumentEntry, ...]:
    ids = [document_id for submission_set in page for document_id in submission_set.documents]
    return tuple(stored_document.entry for stored_document in ctx.repositories.entries.several(permit, ids))


def _check_count(count: int) -> None:
    if not 0 <= count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")


def _next_cursor(page: Sequence[DocumentEntry], request: SearchDocuments) -> str:
    last = page[-1]
    dates = {
        DateKind.CREATION: last.document.created_at,
        DateKind.DEPOSIT: last.document.deposited_at,
        DateKind.CHANGE: last.changed_at,
    }
    first, *then = (dates[order.by] for order in (request.sort, *request.then_by))
    return write_cursor(first, last.document.document_id, *then)
