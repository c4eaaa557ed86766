"""One document as a professional keeps it: its state, and what may be done with it; services decide who may."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from contracts.errors.base import Conflict, Forbidden, Malformed, Missing
from contracts.errors.request import InvalidRequest, LoginTooOld
from contracts.records.api import Records
from contracts.records.documents import AboutDocument, ArchiveDocument, Document, ReadDocument, SetVisibility
from contracts.vocabulary import DocumentId, DocumentStatus, PatientId, Visibility
from gateway.api.parameters import DocumentInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.portal.documents_shown import row_of
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.professional.patient_head import head_of, head_without_holder
from gateway.portal.professional.record_view import RecordView, view_of
from gateway.portal.routes import PROFESSIONAL_FORM, PROFESSIONAL_PAGE
from translations.catalogue import catalogue

_PATH = "/pro/d/{patient_id:uuid}/document/{document_id:uuid}"
_ACT, _DONE = "acte", "fait"
_TEXTS = catalogue("portal")


class DocumentAct(StrEnum):
    """What may be undone, and so is done at once."""

    MASK = "masquer"
    UNMASK = "montrer"
    ARCHIVE = "archiver"
    RESTORE = "restaurer"


class FinalAct(StrEnum):
    """What cannot be undone, and is said on a page before."""

    DELETE = "supprimer"
    ANNOUNCE = "annoncer"


_OPPOSITE = {
    DocumentAct.MASK: DocumentAct.UNMASK,
    DocumentAct.UNMASK: DocumentAct.MASK,
    DocumentAct.ARCHIVE: DocumentAct.RESTORE,
    DocumentAct.RESTORE: DocumentAct.ARCHIVE,
}
_DONE_TEXTS = _TEXTS.of_codes("document.done.{}", (*DocumentAct, *FinalAct))
_ACT_TEXTS = _TEXTS.of_codes("document.act.{}", (*DocumentAct, *FinalAct))


@dataclass(frozen=True)
class DocumentPage:
    """One document of a record."""

    view: RecordView
    document_id: DocumentId

    @property
    def path(self) -> str:
        return f"{self.view.base}/document/{self.document_id}"

    def address(self, **query: str) -> str:
        """The page, with what happened; the way in which the record is read stays."""
        mode, sent = self.view.query.removeprefix("?"), urlencode(query)
        return f"{self.path}?{'&'.join(filter(None, (sent, mode)))}"


def _page_of(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> DocumentPage:
    return DocumentPage(view_of(request, PatientId(patient_id)), DocumentId(document_id))


@get(_PATH, opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_document(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """Its state and the acts that this state permits."""
    return await _show(request, _page_of(request, patient_id, document_id))


@post(_PATH, opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def change_document(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[Any]:
    """Do what may be undone; the page says what was done, and undoes it."""
    page = _page_of(request, patient_id, document_id)
    try:
        act = DocumentAct(single_value(await form_of(request), _ACT))
    except ValueError:
        raise InvalidRequest(field=_ACT) from None
    return await _do(request, page, _change(request, page, act), page.address(**{_DONE: act.value}))


@get(f"{_PATH}/supprimer", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_deletion(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """What a deletion does, to whom, until when."""
    return await _show(request, _page_of(request, patient_id, document_id), FinalAct.DELETE)


@post(f"{_PATH}/supprimer", opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def delete_document(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[Any]:
    """Delete the document for everybody."""
    page = _page_of(request, patient_id, document_id)
    await form_of(request)
    deleted = request.call(Records.delete_document, _about(page))
    return await _do(request, page, deleted, f"{page.path}/supprime{page.view.query}", FinalAct.DELETE)


@get(f"{_PATH}/supprime", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_deleted(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """That it was deleted, and what that means; nothing is asked, and nothing of the document is left to show."""
    page = _page_of(request, patient_id, document_id)
    return render(request, "professional/document_deleted", **head_without_holder(page.view))


@get(f"{_PATH}/annoncer", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_announcement(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """What the patient will see from now on."""
    return await _show(request, _page_of(request, patient_id, document_id), FinalAct.ANNOUNCE)


@post(f"{_PATH}/annoncer", opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def announce_document(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[Any]:
    """Let the patient see it before its date."""
    page = _page_of(request, patient_id, document_id)
    await form_of(request)
    shown = request.call(Records.show_to_patient, _about(page))
    return await _do(request, page, shown, page.address(**{_DONE: FinalAct.ANNOUNCE.value}), FinalAct.ANNOUNCE)


def _about(page: DocumentPage) -> AboutDocument:
    return AboutDocument(patient_id=page.view.patient_id, document_id=page.document_id)


def _change(request: ApiRequest, page: DocumentPage, act: DocumentAct) -> Awaitable[Document]:
    patient_id, document_id = page.view.patient_id, page.document_id
    if act in (DocumentAct.MASK, DocumentAct.UNMASK):
        mask = SetVisibility(patient_id=patient_id, document_id=document_id, masque_ps=act is DocumentAct.MASK)
        return request.call(Records.set_visibility, mask)
    archive = ArchiveDocument(patient_id=patient_id, document_id=document_id, archived=act is DocumentAct.ARCHIVE)
    return request.call(Records.archive_document, archive)


async def _do(
    request: ApiRequest, page: DocumentPage, act: Awaitable[Any], after: str, final: FinalAct | None = None
) -> Response[Any]:
    """What follows an act; where it is refused, the page again, with why."""
    try:
        await act
    except LoginTooOld:
        raise
    except (Forbidden, Missing, Conflict, Malformed) as refusal:
        record_refusal(request, refusal, refusal)
        return await _show(request, page, final, error=text_of(request, refusal), status=status_of(refusal))
    return Redirect(after, status_code=HTTP_303_SEE_OTHER)


async def _show(
    request: ApiRequest,
    page: DocumentPage,
    final: FinalAct | None = None,
    *,
    error: str = "",
    status: int = HTTP_200_OK,
) -> Response[bytes]:
    message = ReadDocument(patient_id=page.view.patient_id, document_id=page.document_id, mode=page.view.mode)
    document = asyncio.ensure_future(request.call(Records.get_document, message))
    head = asyncio.ensure_future(head_of(request, page.view))
    # Both are answered before the page is, also where one is refused.
    await asyncio.wait((document, head))
    row, language = row_of(document.result(), language_of(request)), language_of(request)
    done = _done(request)
    undo = _OPPOSITE.get(DocumentAct(done)) if done in set(DocumentAct) else None
    return render(
        request,
        f"professional/document_{'final' if final else 'state'}",
        status=status,
        **head.result(),
        path=page.path,
        row=row,
        acts=[(act.value, _ACT_TEXTS.text(act, language), _ICONS[act]) for act in _acts_of(row.document)],
        may_announce=Visibility.INVISIBLE_PATIENT in row.document.visibility,
        final=final.value if final else "",
        done=_DONE_TEXTS.text(done, language) if done else "",
        undo=undo.value if undo else "",
        error=error,
    )


_ICONS = {
    DocumentAct.MASK: "eye-off",
    DocumentAct.UNMASK: "eye",
    DocumentAct.ARCHIVE: "archive",
    DocumentAct.RESTORE: "rotate-ccw",
}


def _acts_of(document: Document) -> list[DocumentAct]:
    """The acts that its state permits."""
    is_masked = Visibility.MASQUE_PS in document.visibility
    acts = [DocumentAct.UNMASK if is_masked else DocumentAct.MASK]
    match document.status:
        case DocumentStatus.CURRENT:
            acts.append(DocumentAct.ARCHIVE)
        case DocumentStatus.ARCHIVED:
            acts.append(DocumentAct.RESTORE)
    return acts


def _done(request: ApiRequest) -> str:
    """The act that led here; only one that may be undone, or the announcement."""
    sent = request.query_params.get(_DONE, "")
    return sent if sent in {*DocumentAct, FinalAct.ANNOUNCE} else ""


ROUTES = [
    show_document,
    change_document,
    show_deletion,
    delete_document,
    show_deleted,
    show_announcement,
    announce_document,
]
