"""What a patient does with one document: hide it from professionals, archive, pin, arrange or delete it."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.base import Conflict, Refusal
from contracts.errors.request import InvalidRequest
from contracts.records.api import Records
from contracts.records.documents import AboutDocument, ArchiveDocument, SetVisibility
from contracts.records.folders import ArrangeDocument, ListFolders, SaveFolder
from contracts.vocabulary import DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.patient.acts_done import DONE
from gateway.portal.patient.reading import DOCUMENT, document_page, document_path
from gateway.portal.patient.record_view import RECORD, base_of, record_page
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE

_YES = "oui"
_NAME, _FOLDERS = "name", "classeur"


@post(f"{DOCUMENT}/visibilite", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def hide_document(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> Redirect:
    """Hide it from professionals, or show it to them again."""
    is_masked = single_value(await form_of(request), "masque") == _YES
    about = PatientId(patient_id), DocumentId(document_id)
    message = SetVisibility(patient_id=about[0], document_id=about[1], masque_ps=is_masked)
    await request.call(Records.set_visibility, message)
    return _done(*about, "masque" if is_masked else "montre")


@post(f"{DOCUMENT}/archive", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def archive_document(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> Redirect:
    """Take it out of the usual lists, or put it back."""
    is_archived = single_value(await form_of(request), "archive") == _YES
    about = PatientId(patient_id), DocumentId(document_id)
    message = ArchiveDocument(patient_id=about[0], document_id=about[1], archived=is_archived)
    await request.call(Records.archive_document, message)
    return _done(*about, "archive" if is_archived else "restaure")


@post(f"{DOCUMENT}/epingle", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def pin_document(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> Response[Any]:
    """Pin it, or not, and leave it in its folders."""
    is_pinned = single_value(await form_of(request), "epingle") == _YES
    about = PatientId(patient_id), DocumentId(document_id)
    arranged = await request.call(Records.list_folders, ListFolders(patient_id=about[0], holding=about[1]))
    message = ArrangeDocument(patient_id=about[0], document_id=about[1], folders=arranged.holding, pinned=is_pinned)
    try:
        await request.call(Records.arrange_document, message)
    except Conflict as refusal:
        return await _refused(request, *about, refusal, "epingle")
    return _done(*about, "epingle" if is_pinned else "desepingle")


@post(f"{DOCUMENT}/classeurs", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def arrange_document(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[Any]:
    """Put it in the folders that are ticked and in no others, and in a new one if its name is given."""
    sent = await form_of(request)
    about, name = (PatientId(patient_id), DocumentId(document_id)), single_value(sent, _NAME).strip()
    folders = _ids_in(sent.get(_FOLDERS, []))
    pinned = (await request.call(Records.list_folders, ListFolders(patient_id=about[0]))).pinned
    try:
        if name:
            folder = SaveFolder(patient_id=about[0], folder_id=uuid4(), name=name.replace("\0", ""))
            folders = (*folders, (await request.call(Records.save_folder, folder)).folder_id)
        message = ArrangeDocument(
            patient_id=about[0], document_id=about[1], folders=folders, pinned=about[1] in pinned
        )
        await request.call(Records.arrange_document, message)
    except (Conflict, InvalidRequest) as refusal:
        return await _refused(request, *about, refusal, _NAME, name)
    return _done(*about, "range")


@get(f"{DOCUMENT}/suppression", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def ask_deletion(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """What happens when it is deleted, and to whom."""
    return await document_page(request, PatientId(patient_id), DocumentId(document_id), "patient/deletion")


@post(f"{DOCUMENT}/suppression", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def delete_document(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> Redirect:
    """Delete it for everybody."""
    about = PatientId(patient_id), DocumentId(document_id)
    await request.call(Records.delete_document, AboutDocument(patient_id=about[0], document_id=about[1]))
    return Redirect(f"{base_of(about[0])}/document-supprime", status_code=HTTP_303_SEE_OTHER)


@get(f"{RECORD}/document-supprime", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_deleted(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """That a document was deleted, which this page stays to say; nothing is asked."""
    return record_page(request, PatientId(patient_id), "patient/deleted")


def _ids_in(texts: list[str]) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(text) for text in texts)
    except ValueError:
        raise InvalidRequest(field=_FOLDERS) from None


async def _refused(
    request: ApiRequest,
    patient_id: PatientId,
    document_id: DocumentId,
    refusal: Refusal,
    field: str,
    name: str = "",
) -> Response[bytes]:
    record_refusal(request, refusal, refusal)
    return await document_page(
        request,
        patient_id,
        document_id,
        "patient/document",
        status=status_of(refusal),
        errors={field: text_of(request, refusal)},
        name=name,
    )


def _done(patient_id: PatientId, document_id: DocumentId, act: str) -> Redirect:
    return Redirect(f"{document_path(patient_id, document_id)}?{DONE}={act}", status_code=HTTP_303_SEE_OTHER)


ROUTES = [
    hide_document,
    archive_document,
    pin_document,
    arrange_document,
    ask_deletion,
    delete_document,
    show_deleted,
]
