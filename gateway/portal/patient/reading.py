"""One document: read, with what may be done about it, its versions and its folders."""

from typing import Any

from litestar import Response, get
from litestar.types import ASGIApp

from contracts.records.api import Records
from contracts.records.documents import Document, ReadDocument
from contracts.records.folders import Folders, ListFolders
from contracts.records.searching import SearchDocuments
from contracts.vocabulary import DocumentId, DocumentStatus, PatientId, Section, Visibility
from gateway.api.parameters import DocumentInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.content_shown import content_of
from gateway.portal.documents_shown import row_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.patient.acts_done import act_done
from gateway.portal.patient.profiles import ShownProfile, profile_of
from gateway.portal.patient.record_view import RECORD, base_of, record_page, together
from gateway.portal.routes import PATIENT_PAGE

DOCUMENT = f"{RECORD}/documents/{{document_id:uuid}}"
_ARRANGED = frozenset({DocumentStatus.CURRENT})
_ALL = (DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED, DocumentStatus.ARCHIVED)


@get(DOCUMENT, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_document(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """The document, and where it is arranged."""
    return await document_page(request, PatientId(patient_id), DocumentId(document_id), "patient/document")


@get(f"{DOCUMENT}/contenu", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_content(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> ASGIApp:
    """The content, which our own page may frame; or the original, to be saved. Each is a reading."""
    return await content_of(request, PatientId(patient_id), DocumentId(document_id))


async def document_page(
    request: ApiRequest, patient_id: PatientId, document_id: DocumentId, template: str, **values: Any
) -> Response[bytes]:
    """A page about one document.

    Raises:
        Refusal: records'.
    """
    profile = await profile_of(request, patient_id)
    document = await request.call(Records.get_document, ReadDocument(patient_id=patient_id, document_id=document_id))
    folders, other = await _arrangement_and_version(request, profile, document)
    row = row_of(document, language_of(request))
    is_masked = Visibility.MASQUE_PS in document.visibility
    return record_page(
        request,
        patient_id,
        template,
        row=row,
        here_base=document_path(patient_id, document_id),
        is_masked=is_masked,
        is_archived=document.status is DocumentStatus.ARCHIVED,
        is_superseded=document.status is DocumentStatus.SUPERSEDED,
        is_personal=document.section is Section.ESPACE_PERSONNEL,
        may_arrange=profile.may_manage and document.status in _ARRANGED,
        folders=folders.folders,
        holding=frozenset(folders.holding),
        is_pinned=document_id in folders.pinned,
        other=None if other is None else row_of(other, language_of(request)),
        done=act_done(request, document, is_pinned=document_id in folders.pinned),
        **{"errors": {}, "name": ""} | values,
    )


def document_path(patient_id: PatientId, document_id: DocumentId) -> str:
    """The path of a document's page."""
    return f"{base_of(patient_id)}/documents/{document_id}"


async def _arrangement_and_version(
    request: ApiRequest, profile: ShownProfile, document: Document
) -> tuple[Folders, Document | None]:
    """Folders and pins of those who may arrange the document, and the version after, or else before it."""
    arranges = profile.may_manage and document.status in _ARRANGED
    return await together(
        _folders(request, profile.patient_id, document.document_id, arranges=arranges),
        _other_version(request, profile.patient_id, document),
    )


async def _folders(request: ApiRequest, patient_id: PatientId, document_id: DocumentId, *, arranges: bool) -> Folders:
    if not arranges:
        return Folders(folders=(), pinned=())
    return await request.call(Records.list_folders, ListFolders(patient_id=patient_id, holding=document_id))


async def _other_version(request: ApiRequest, patient_id: PatientId, document: Document) -> Document | None:
    if document.status is DocumentStatus.SUPERSEDED:
        message = SearchDocuments(
            patient_id=patient_id, statuses=_ALL, tokens=((f"related:{document.unique_id}",),), count=1
        )
    elif document.replaces:
        message = SearchDocuments(patient_id=patient_id, statuses=_ALL, identifiers=(document.replaces,), count=1)
    else:
        return None
    found = await request.call(Records.search_documents, message)
    return found.entries[0].document if found.entries else None


ROUTES = [show_document, show_content]
