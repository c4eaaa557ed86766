"""Reading: one document, two side by side, and the content that the page frames."""

import asyncio

from litestar import Response, get
from litestar.types import ASGIApp

from contracts.records.api import Records
from contracts.records.documents import Document, ListDocuments, ReadDocument
from contracts.vocabulary import DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.content_shown import content_of
from gateway.portal.documents_shown import row_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import is_part, render
from gateway.portal.professional.record_view import RecordView, view_of
from gateway.portal.routes import PROFESSIONAL_PAGE

_BASE = "/pro/d/{patient_id:uuid}"
_CHOICE = 100


@get(f"{_BASE}/lire/{{document_id:uuid}}", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_document(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """One document; for the list beside it, only the part of the page that shows it."""
    view = view_of(request, PatientId(patient_id))
    document = await _document(request, view, DocumentId(document_id))
    row = row_of(document, language_of(request))
    if is_part(request):
        return render(request, "professional/reading", base=view.base, query=view.query, row=row)
    return _reader(request, view, document)


@get(f"{_BASE}/cote-a-cote/{{document_id:uuid}}", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def choose_second(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """Which document to show beside this one."""
    view = view_of(request, PatientId(patient_id))
    message = ListDocuments(patient_id=view.patient_id, mode=view.mode, count=_CHOICE)
    found = await request.call(Records.list_documents, message)
    listed = {document.document_id for document in found.documents}
    if document_id not in listed:
        # Only the newest are listed.
        await _document(request, view, DocumentId(document_id))
    rows = [row_of(document, language_of(request)) for document in found.documents]
    return render(request, "professional/choose", base=view.base, query=view.query, first=document_id, rows=rows)


@get(f"{_BASE}/cote-a-cote/{{document_id:uuid}}/{{second_id:uuid}}", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_side_by_side(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath, second_id: DocumentInPath
) -> Response[bytes]:
    """Two documents."""
    view = view_of(request, PatientId(patient_id))
    first = asyncio.create_task(_document(request, view, DocumentId(document_id)))
    second = asyncio.create_task(_document(request, view, DocumentId(second_id)))
    # Both are answered before the page is, also where one is refused.
    await asyncio.wait((first, second))
    return _reader(request, view, first.result(), second.result())


@get(f"{_BASE}/contenu/{{document_id:uuid}}", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_content(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> ASGIApp:
    """The content, which our own page may frame; or the original, to be saved. Each is a reading."""
    view = view_of(request, PatientId(patient_id))
    return await content_of(request, view.patient_id, DocumentId(document_id), view.mode)


async def _document(request: ApiRequest, view: RecordView, document_id: DocumentId) -> Document:
    message = ReadDocument(patient_id=view.patient_id, document_id=document_id, mode=view.mode)
    return await request.call(Records.get_document, message)


def _reader(request: ApiRequest, view: RecordView, *documents: Document) -> Response[bytes]:
    return render(
        request,
        "professional/reader",
        base=view.base,
        query=view.query,
        emergency=view.is_emergency,
        until=view.until,
        rows=[row_of(document, language_of(request)) for document in documents],
    )


ROUTES = [show_document, choose_second, show_side_by_side, show_content]
