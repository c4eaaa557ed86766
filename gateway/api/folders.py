"""Folders and pins with which holders arrange their own record; invisible to professionals."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, put
from litestar.params import PathParameter
from litestar.status_codes import HTTP_200_OK

from contracts.records.api import Records
from contracts.records.folders import (
    AboutFolder,
    ArrangeDocument,
    Arrangement,
    Folder,
    Folders,
    ListFolders,
    SaveFolder,
)
from contracts.vocabulary import DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, FreeText, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

FolderInPath = Annotated[UUID, PathParameter(description="Le classeur · The folder")]


class FolderName(msgspec.Struct, frozen=True, kw_only=True):
    """The name of a folder: 1 to 60 characters."""

    name: FreeText


class FolderPlacement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The folders of a document, and whether it is pinned."""

    folders: tuple[UUID, ...] = ()
    pinned: bool = False


@get(
    "/dmp/records/{patient_id:uuid}/folders",
    opt={ROLES: Records.list_folders.roles},
    tags=["Documents"],
    summary="Voir ses classeurs",
)
async def list_folders(request: ApiRequest, patient_id: PatientInPath) -> Folders:
    """List the holder's folders by name, and the pinned documents."""
    return await request.call(Records.list_folders, ListFolders(patient_id=PatientId(patient_id)))


@put(
    "/dmp/records/{patient_id:uuid}/folders/{folder_id:uuid}",
    opt={ROLES: Records.save_folder.roles},
    status_code=HTTP_200_OK,
    tags=["Documents"],
    summary="Créer ou renommer un classeur",
)
async def save_folder(
    request: ApiRequest,
    patient_id: PatientInPath,
    folder_id: FolderInPath,
    data: Annotated[FolderName, example(name="Grossesse")],
) -> Folder:
    """Create or rename a folder; the client chooses its id (at most 50 folders)."""
    message = SaveFolder(patient_id=PatientId(patient_id), folder_id=folder_id, name=data.name)
    return await request.call(Records.save_folder, message)


@delete(
    "/dmp/records/{patient_id:uuid}/folders/{folder_id:uuid}",
    opt={ROLES: Records.delete_folder.roles},
    tags=["Documents"],
    summary="Supprimer un classeur",
)
async def delete_folder(request: ApiRequest, patient_id: PatientInPath, folder_id: FolderInPath) -> None:
    """Delete a folder; its documents stay in the record."""
    message = AboutFolder(patient_id=PatientId(patient_id), folder_id=folder_id)
    await request.call(Records.delete_folder, message)


@put(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/place",
    opt={ROLES: Records.arrange_document.roles},
    status_code=HTTP_200_OK,
    tags=["Documents"],
    summary="Ranger ou épingler un document",
)
async def arrange_document(
    request: ApiRequest,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    data: Annotated[FolderPlacement, example(folders=["5e2c6f3e-0b5f-4a3b-8f0a-2b6f0f7a9e31"], pinned=True)],
) -> Arrangement:
    """Set the folders of a document, and whether it is pinned (at most 20 pins)."""
    message = ArrangeDocument(
        patient_id=PatientId(patient_id),
        document_id=DocumentId(document_id),
        folders=data.folders,
        pinned=data.pinned,
    )
    return await request.call(Records.arrange_document, message)


ROUTES = [list_folders, save_folder, delete_folder, arrange_document]
