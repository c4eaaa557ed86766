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
from services.records.actions.access import LARGEST_PAGE, Access
from services.records.cursor import read_cursor, write_cursor
from services.records.domain import Filed
from services.records.domain.folders import check_arranges
from services.records.store import Cellar

_MOST_READ_TOGETHER = 50
"""Structured documents whose facts are read at once, the newest."""


def list_documents(cellar: Cellar, call: RequestContext[ListDocuments]) -> DocumentList:
    """One page of what the actor may see, newest first.

    Raises:
        InvalidRequest: count or cursor; Refusal: consent's, journalled.
    """
    asked = call.message
    if not 1 <= asked.count <= LARGEST_PAGE:
        raise InvalidRequest(field="count")
    after = read_cursor(asked.cursor) if asked.cursor else None
    access = Access(cellar, call, asked.patient_id, Act.CONSULTATION_LISTE, mode=asked.mode, secret=asked.secret)
    leave = access.ask(Purpose.READ, superseded=asked.superseded, archived=asked.archived)
    if asked.folder or asked.pinned:
        with access.journalled_refusal():
            check_arranges(call.actor.role, leave.capacity)
    # One more than asked for tells whether there is a next page.
    found = cellar.documents.list(
        leave,
        section=asked.section,
        after=after,
        count=asked.count + 1,
        folder=asked.folder,
        pinned=asked.pinned,
    )
    access.granted()
    page = tuple(found[: asked.count])
    has_more = len(found) > asked.count
    return DocumentList(
        documents=page,
        next=write_cursor(page[-1].created_at, page[-1].document_id) if has_more else None,
        emergency=access.owes(Obligation.SHOW_EMERGENCY_BANNER),
    )


def get_document(cellar: Cellar, call: RequestContext[ReadDocument]) -> Document:
    """One entry.

    Raises:
        DocumentNotFound: not there, or not for this reader; Refusal: consent's. All journalled.
    """
    return read(cellar, call).document


def open_content(cellar: Cellar, call: RequestContext[ReadDocument]) -> Content:
    """One entry and the ticket for its bytes; raises as `get_document`."""
    return _opened(read(cellar, call), call, call.message.form, call.message.language)


def open_facts(cellar: Cellar, call: RequestContext[OpenClinicalData]) -> ClinicalDataOpened:
    """The newest structured documents that the actor may see, with tickets for their facts: one reading, one line.

    Raises:
        Refusal: consent's, journalled.
    """
    asked = call.message
    access = Access(cellar, call, asked.patient_id, Act.LECTURE_DONNEES, mode=asked.mode, secret=asked.secret)
    leave = access.ask(Purpose.READ)
    found = cellar.entries.structured(leave, count=_MOST_READ_TOGETHER + 1)
    access.granted()
    return ClinicalDataOpened(
        contents=tuple(_opened(filed, call, ContentForm.FACTS) for filed in found[:_MOST_READ_TOGETHER]),
        more=len(found) > _MOST_READ_TOGETHER,
        emergency=access.owes(Obligation.SHOW_EMERGENCY_BANNER),
    )


def _opened(filed: Filed, call: RequestContext[Any], form: ContentForm, language: str = "fr") -> Content:
    ticket = DownloadTicket(
        id=str(uuid4()),
        patient_id=call.message.patient_id,
        content_id=filed.content_id,
        form=form,
        language=language,
    )
    signed = call.signer.sign(
        ticket, kind=TICKET_KIND, to=TICKETS_ARE_FOR, seconds=TICKET_SECONDS, now=call.now.timestamp()
    )
    return Content(document=filed.document, content_id=filed.content_id, ticket=signed)


def read(cellar: Cellar, call: RequestContext[ReadDocument]) -> Filed:
    """One document as it is on file; raises as `get_document`."""
    asked = call.message
    access = Access(
        cellar,
        call,
        asked.patient_id,
        Act.CONSULTATION_DOCUMENT,
        mode=asked.mode,
        document_id=asked.document_id,
        secret=asked.secret,
    )
    leave = access.ask(Purpose.READ, superseded=True, archived=True)
    with access.journalled_refusal():
        filed = cellar.documents.get(leave, asked.document_id)
        if filed is None:
            raise DocumentNotFound
    access.about(filed.document)
    access.granted()
    return filed
