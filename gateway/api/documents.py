"""The documents of a record: listed, read, archived, deleted."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, put
from litestar.params import FromQuery, QueryParameter
from litestar.status_codes import HTTP_200_OK

from contracts.records.api import Records
from contracts.records.documents import (
    AboutDocument,
    ArchiveDocument,
    Document,
    DocumentList,
    ListDocuments,
    ReadDocument,
)
from contracts.vocabulary import AccessMode, DocumentId, PatientId, Section
from gateway.api.parameters import Count, Cursor, DocumentInPath, Mode, PatientInPath, Secret
from gateway.clients import ApiRequest
from gateway.guards import ROLES


@get(
    "/dmp/records/{patient_id:uuid}/documents",
    opt={ROLES: Records.list_documents.roles},
    tags=["Documents"],
    summary="Trouver des documents",
)
async def list_documents(
    request: ApiRequest,
    patient_id: PatientInPath,
    section: FromQuery[Section | None] = None,
    count: Count = 20,
    cursor: Cursor = None,
    mode: Mode = AccessMode.NORMAL,
    superseded: Annotated[bool, QueryParameter(description="Aussi les remplacés · Replaced ones too")] = False,
    archived: Annotated[bool, QueryParameter(description="Aussi les archivés · Archived ones too")] = False,
    secret: Secret = False,
    folder: Annotated[UUID | None, QueryParameter(description="D'un classeur · Of a folder")] = None,
    pinned: Annotated[bool, QueryParameter(description="Épinglés seulement · Pinned ones only")] = False,
) -> DocumentList:
    """Find documents, newest first (TD3.1); only those the caller may see."""
    message = ListDocuments(
        patient_id=PatientId(patient_id),
        mode=mode,
        section=section,
        count=count,
        cursor=cursor,
        superseded=superseded,
        archived=archived,
        secret=secret,
        folder=folder,
        pinned=pinned,
    )
    return await request.call(Records.list_documents, message)


@get(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}",
    opt={ROLES: Records.get_document.roles},
    tags=["Documents"],
    summary="Lire la fiche d'un document",
)
async def get_document(
    request: ApiRequest,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    mode: Mode = AccessMode.NORMAL,
    secret: Secret = False,
) -> Document:
    """Read the metadata of a document."""
    message = ReadDocument(
        patient_id=PatientId(patient_id), document_id=DocumentId(document_id), mode=mode, secret=secret
    )
    return await request.call(Records.get_document, message)


@delete(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}",
    opt={ROLES: Records.delete_document.roles},
    tags=["Documents"],
    summary="Supprimer un document",
)
async def delete_document(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> None:
    """Delete a document for everybody (TD3.3); its content is kept until the record is destroyed."""
    message = AboutDocument(patient_id=PatientId(patient_id), document_id=DocumentId(document_id))
    await request.call(Records.delete_document, message)


@put(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/archive",
    opt={ROLES: Records.archive_document.roles},
    tags=["Documents"],
    summary="Archiver un document",
)
async def archive_document(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> Document:
    """Archive a document (TD3.3): lists no longer show it, except with `archived`."""
    return await request.call(Records.archive_document, _archive_message(patient_id, document_id, archived=True))


@delete(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/archive",
    opt={ROLES: Records.archive_document.roles},
    status_code=HTTP_200_OK,
    tags=["Documents"],
    summary="Désarchiver un document",
)
async def restore_document(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> Document:
    """Restore an archived document to the default lists (TD3.3)."""
    return await request.call(Records.archive_document, _archive_message(patient_id, document_id, archived=False))


def _archive_message(patient_id: UUID, document_id: UUID, *, archived: bool) -> ArchiveDocument:
    return ArchiveDocument(patient_id=PatientId(patient_id), document_id=DocumentId(document_id), archived=archived)


ROUTES = [list_documents, get_document, delete_document, archive_document, restore_document]
