"""Arranging a record: its holder's folders and pins."""

from uuid import UUID

from chassis.access_rules import asks
from chassis.handlers import handles
from contracts.consent.decisions import Purpose
from contracts.consent.permits import Permit
from contracts.errors.execution import FolderNameTaken
from contracts.errors.request import DocumentNotFound, FolderNotFound
from contracts.records.api import Records
from contracts.records.folders import (
    AboutFolder,
    ArrangeDocument,
    Arrangement,
    Folder,
    FolderDeleted,
    Folders,
    ListFolders,
    SaveFolder,
)
from contracts.vocabulary import Act, PatientId
from services.records.context import RecordsContext
from services.records.domain.folders import (
    MOST_FOLDERS,
    MOST_PINNED,
    check_arranges,
    check_room,
    checked_name,
    key_of,
)

_ARRANGES = asks(Purpose.READ, Act.RANGEMENT)


@handles(Records.list_folders, access=asks(Purpose.READ, Act.CONSULTATION_LISTE), reading=True)
def list_folders(ctx: RecordsContext, request: ListFolders) -> Folders:
    """All folders and pins; only documents the reader may see are counted and listed, or looked for in folders.

    Raises:
        Refusal: consent's, or NotShared to a carer.
    """
    permit = _permit_to_arrange(ctx)
    folders = ctx.repositories.folders
    return Folders(
        folders=tuple(folders.all(permit)),
        pinned=tuple(folders.pinned(permit)),
        holding=tuple(folders.holding(permit, request.holding)) if request.holding else (),
    )


@handles(Records.save_folder, access=_ARRANGES)
def save_folder(ctx: RecordsContext, request: SaveFolder) -> Folder:
    """Make or rename a folder.

    Raises:
        InvalidRequest: the name. FolderNameTaken, ArrangementFull; Refusal: consent's.
    """
    permit = _permit_to_arrange(ctx)
    name = checked_name(request.name)
    known = _lock_folders(ctx, permit)
    if request.folder_id not in known:
        check_room(len(known), MOST_FOLDERS)
    owner = known.get(request.folder_id, request.patient_id)
    if not ctx.repositories.folders.save(permit, owner, request.folder_id, name, key_of(name)):
        raise FolderNameTaken
    return next(folder for folder in ctx.repositories.folders.all(permit) if folder.folder_id == request.folder_id)


@handles(Records.delete_folder, access=_ARRANGES)
def delete_folder(ctx: RecordsContext, request: AboutFolder) -> FolderDeleted:
    """Delete a folder; its documents stay in the record. Raises consent's refusals."""
    permit = _permit_to_arrange(ctx)
    ctx.repositories.folders.remove(permit, request.folder_id)
    return FolderDeleted()


@handles(Records.arrange_document, access=_ARRANGES)
def arrange_document(ctx: RecordsContext, request: ArrangeDocument) -> Arrangement:
    """Put a document in these folders and no others, and pin it or not.

    Raises:
        DocumentNotFound: not there, or not for this reader. FolderNotFound, ArrangementFull; Refusal: consent's.

    """
    permit = _permit_to_arrange(ctx)
    folder_ids = tuple(dict.fromkeys(request.folders))
    folders = ctx.repositories.folders
    stored_document = ctx.repositories.documents.get(permit, request.document_id)
    if stored_document is None:
        raise DocumentNotFound
    if not _lock_folders(ctx, permit).keys() >= set(folder_ids):
        raise FolderNotFound
    if request.pinned:
        check_room(folders.count_pinned(permit, but=request.document_id), MOST_PINNED)
    # A version that is hidden from the reader will be found where they put the one that it replaces.
    for document_id in (request.document_id, *folders.hidden_successors(permit, request.document_id)):
        folders.arrange(stored_document.patient_id, document_id, folder_ids, pinned=request.pinned, now=ctx.now)
    ctx.is_about(ctx.found(stored_document).document)
    return Arrangement(document_id=request.document_id, folders=folder_ids, pinned=request.pinned)


def _permit_to_arrange(ctx: RecordsContext) -> Permit:
    permit = ctx.access.permit()
    check_arranges(ctx.actor.role, permit.capacity)
    return permit


def _lock_folders(ctx: RecordsContext, permit: Permit) -> dict[UUID, PatientId]:
    """Ids of the folders; the record is locked, so that the limits hold for two who arrange at once."""
    ctx.repositories.records.lock(permit.ids)
    return ctx.repositories.folders.ids(permit)
