"""Reading: the list of documents, one document, and download tickets."""

from collections.abc import Sequence
from uuid import uuid4

from chassis.access_rules import asks
from chassis.handlers import handles
from contracts.consent.decisions import Obligation, Purpose
from contracts.documents import (
    TICKET_KIND,
    TICKET_SECONDS,
    TICKETS_ARE_FOR,
    ClinicalDataTicket,
    ContentForm,
    DownloadTicket,
)
from contracts.errors.request import DocumentNotFound, InvalidRequest
from contracts.records.api import Records
from contracts.records.documents import (
    ClinicalDataOpened,
    ContentTicket,
    Document,
    DocumentList,
    ListDocuments,
    OpenClinicalData,
    ReadDocument,
)
from contracts.records.entries import DocumentEntry
from contracts.vocabulary import Act, PatientId
from services.records.context import RecordsContext
from services.records.cursor import LARGEST_PAGE, read_cursor, write_cursor
from services.records.domain import StoredDocument
from services.records.domain.folders import check_arranges
from services.records.domain.permits import check_app_may
from services.records.domain.visits import last_visit
from services.records.domain.words import read_words
from services.records.holder import holder_shown
from services.records.shown_pages import signed_page
from services.records.visiting import keep_visits, visits_of

_READS = asks(Purpose.READ, Act.CONSULTATION_DOCUMENT)
_MOST_STRUCTURED = 50
"""Structured documents whose clinical data is opened at once, the newest."""


@handles(Records.list_documents, access=asks(Purpose.READ, Act.CONSULTATION_LISTE), reading=True)
def list_documents(ctx: RecordsContext, request: ListDocuments) -> DocumentList:
    """One page of the documents the actor may see, newest first.

    Raises:
        InvalidRequest: count, cursor or words; Refusal: consent's.
    """
    if not 1 <= request.count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")
    words = read_words(request.words)
    after = read_cursor(request.cursor) if request.cursor else None
    permit = ctx.access.permit(superseded=request.superseded, archived=request.archived)
    if request.folder or request.pinned:
        check_arranges(ctx.actor.role, permit.capacity)
    documents = ctx.repositories.documents
    record_visits = visits_of(ctx, request, permit)
    since = last_visit(record_visits.values())
    new = 0 if since is None else documents.count_new(permit, since)
    is_new_only = request.new_only and new > 0
    # One more than requested shows whether there is a next page.
    found = documents.list(
        permit,
        section=request.section,
        after=after,
        count=request.count + 1,
        folder=request.folder,
        pinned=request.pinned,
        words=words,
        since=since if is_new_only else None,
    )
    counts = (
        documents.counts(permit, folder=request.folder, pinned=request.pinned, words=words) if request.counts else {}
    )
    page = tuple(found[: request.count])
    has_more = len(found) > request.count
    listed = DocumentList(
        documents=page,
        next=write_cursor(page[-1].created_at, page[-1].document_id) if has_more else None,
        emergency=Obligation.SHOW_EMERGENCY_BANNER in permit.obligations,
        holder=holder_shown(ctx, permit) if request.holder else None,
        counts=counts,
        last_visit=since,
        new=new,
        new_only=is_new_only,
        page=signed_page(ctx, request, permit.limits, page) if request.page else "",
    )
    keep_visits(ctx, permit, record_visits)
    return listed


@handles(Records.get_document, access=_READS, reading=True)
def get_document(ctx: RecordsContext, request: ReadDocument) -> Document:
    """One document's list entry.

    Raises:
        DocumentNotFound: not there, or not for this reader; Refusal: consent's.
    """
    return _read(ctx, request).document


@handles(Records.read_entry, access=_READS, reading=True)
def read_entry(ctx: RecordsContext, request: ReadDocument) -> DocumentEntry:
    """One document's entry with all its metadata; raises as `get_document`."""
    return _read(ctx, request).entry


@handles(Records.open_content, access=_READS, reading=True)
def open_content(ctx: RecordsContext, request: ReadDocument) -> ContentTicket:
    """One document and the ticket for its bytes.

    Raises:
        ScopeMissing, and as `get_document`.
    """
    return _with_ticket(ctx, _read(ctx, request, content=True), request.form, request.language)


@handles(Records.open_facts, access=asks(Purpose.READ, Act.LECTURE_DONNEES), reading=True)
def open_facts(ctx: RecordsContext, request: OpenClinicalData) -> ClinicalDataOpened:
    """The newest structured documents the actor may see, with tickets for their clinical data; one journal entry.

    Raises:
        ScopeMissing. Refusal: consent's.
    """
    permit = ctx.access.permit()
    check_app_may(ctx.actor, binaries=True)
    found = ctx.repositories.entries.structured(permit, count=_MOST_STRUCTURED + 1)
    shown = found[:_MOST_STRUCTURED]
    together = request.together and bool(shown)
    return ClinicalDataOpened(
        contents=tuple(
            ContentTicket(document=stored.document, content_id=stored.content_id, ticket="")
            if together
            else _with_ticket(ctx, stored, ContentForm.FACTS)
            for stored in shown
        ),
        ticket=_ticket_for_all(ctx, request.patient_id, shown) if together else "",
        more=len(found) > _MOST_STRUCTURED,
        emergency=Obligation.SHOW_EMERGENCY_BANNER in permit.obligations,
    )


def _ticket_for_all(ctx: RecordsContext, patient_id: PatientId, shown: Sequence[StoredDocument]) -> str:
    ticket = ClinicalDataTicket(
        id=str(uuid4()),
        patient_id=patient_id,
        contents=tuple(stored.content_id for stored in shown),
        owners=tuple(stored.patient_id for stored in shown),
    )
    return _signed(ctx, ticket)


def _with_ticket(
    ctx: RecordsContext,
    stored_document: StoredDocument,
    form: ContentForm,
    language: str = "fr",
) -> ContentTicket:
    ticket = DownloadTicket(
        id=str(uuid4()),
        patient_id=stored_document.patient_id,
        content_id=stored_document.content_id,
        form=form,
        language=language,
    )
    return ContentTicket(
        document=stored_document.document, content_id=stored_document.content_id, ticket=_signed(ctx, ticket)
    )


def _signed(ctx: RecordsContext, ticket: DownloadTicket | ClinicalDataTicket) -> str:
    return ctx.signer.sign(
        ticket, kind=TICKET_KIND, to=TICKETS_ARE_FOR, seconds=TICKET_SECONDS, now=ctx.now.timestamp()
    )


def _read(ctx: RecordsContext, request: ReadDocument, *, content: bool = False) -> StoredDocument:
    permit = ctx.access.permit(superseded=True, archived=True)
    check_app_may(ctx.actor, binaries=content)
    stored_document = ctx.repositories.documents.get(permit, request.document_id)
    if stored_document is None:
        raise DocumentNotFound
    ctx.is_about(stored_document.document)
    return ctx.found(stored_document)
