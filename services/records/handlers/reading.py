"""Reading: the list, one entry, and the ticket that carries one document's bytes out."""

from typing import Any
from uuid import uuid4

from chassis.units import RequestContext
from contracts.consent import Obligation, Purpose
from contracts.documents import TICKET_KIND, TICKET_SECONDS, TICKETS_ARE_FOR, ContentForm, DownloadTicket
from contracts.errors import DocumentNotFound, InvalidRequest
from contracts.records import (
    ClinicalDataOpened,
    Content,
    Document,
    DocumentList,
    ListDocuments,
    OpenClinicalData,
    ReadDocument,
)
from contracts.vocabulary import Act
from services.records.cursor import read_cursor, write_cursor
from services.records.domain import StoredDocument
from services.records.domain.folders import check_arranges
from services.records.handlers.access import LARGEST_PAGE, Access
from services.records.repositories import Repositories

_MOST_READ_TOGETHER = 50
"""Structured documents whose facts are read at once, the newest."""


def list_documents(repositories: Repositories, call: RequestContext[ListDocuments]) -> DocumentList:
    """One page of what the actor may see, newest first.

    Raises:
        InvalidRequest: count or cursor; Refusal: consent's, journalled.
    """
    request = call.message
    if not 1 <= request.count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")
    after = read_cursor(request.cursor) if request.cursor else None
    access = Access(
        repositories, call, request.patient_id, Act.CONSULTATION_LISTE, mode=request.mode, secret=request.secret
    )
    permit = access.ask(Purpose.READ, superseded=request.superseded, archived=request.archived)
    if request.folder or request.pinned:
        with access.journalled_refusal():
            check_arranges(call.actor.role, permit.capacity)
    # One more than asked for tells whether there is a next page.
    found = repositories.documents.list(
        permit,
        section=request.section,
        after=after,
        count=request.count + 1,
        folder=request.folder,
        pinned=request.pinned,
    )
    access.granted()
    page = tuple(found[: request.count])
    has_more = len(found) > request.count
    return DocumentList(
        documents=page,
        next=write_cursor(page[-1].created_at, page[-1].document_id) if has_more else None,
        emergency=access.owes(Obligation.SHOW_EMERGENCY_BANNER),
    )


def get_document(repositories: Repositories, call: RequestContext[ReadDocument]) -> Document:
    """One entry.

    Raises:
        DocumentNotFound: not there, or not for this reader; Refusal: consent's. All journalled.
    """
    return read(repositories, call).document


def open_content(repositories: Repositories, call: RequestContext[ReadDocument]) -> Content:
    """One entry and the ticket for its bytes; raises as `get_document`."""
    return _opened(read(repositories, call), call, call.message.form, call.message.language)


def open_facts(repositories: Repositories, call: RequestContext[OpenClinicalData]) -> ClinicalDataOpened:
    """The newest structured documents that the actor may see, with tickets for their facts: one reading, one line.

    Raises:
        Refusal: consent's, journalled.
    """
    request = call.message
    access = Access(
        repositories, call, request.patient_id, Act.LECTURE_DONNEES, mode=request.mode, secret=request.secret
    )
    permit = access.ask(Purpose.READ)
    found = repositories.entries.structured(permit, count=_MOST_READ_TOGETHER + 1)
    access.granted()
    return ClinicalDataOpened(
        contents=tuple(_opened(stored, call, ContentForm.FACTS) for stored in found[:_MOST_READ_TOGETHER]),
        more=len(found) > _MOST_READ_TOGETHER,
        emergency=access.owes(Obligation.SHOW_EMERGENCY_BANNER),
    )


def _opened(stored: StoredDocument, call: RequestContext[Any], form: ContentForm, language: str = "fr") -> Content:
    ticket = DownloadTicket(
        id=str(uuid4()),
        patient_id=call.message.patient_id,
        content_id=stored.content_id,
        form=form,
        language=language,
    )
    signed = call.signer.sign(
        ticket, kind=TICKET_KIND, to=TICKETS_ARE_FOR, seconds=TICKET_SECONDS, now=call.now.timestamp()
    )
    return Content(document=stored.document, content_id=stored.content_id, ticket=signed)


def read(repositories: Repositories, call: RequestContext[ReadDocument]) -> StoredDocument:
    """One document as it is on file; raises as `get_document`."""
    request = call.message
    access = Access(
        repositories,
        call,
        request.patient_id,
        Act.CONSULTATION_DOCUMENT,
        mode=request.mode,
        document_id=request.document_id,
        secret=request.secret,
    )
    permit = access.ask(Purpose.READ, superseded=True, archived=True)
    with access.journalled_refusal():
        stored = repositories.documents.get(permit, request.document_id)
        if stored is None:
            raise DocumentNotFound
    access.about(stored.document)
    access.granted()
    return stored
