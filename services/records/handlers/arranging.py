"""Arranging a record: its holder's folders and pins."""

from typing import Any

from chassis.units import RequestContext
from contracts.consent import Purpose
from contracts.errors import DocumentNotFound, FolderNameTaken, FolderNotFound
from contracts.records import (
    AboutFolder,
    ArrangeDocument,
    Arrangement,
    Folder,
    FolderGone,
    Folders,
    ListFolders,
    SaveFolder,
)
from contracts.vocabulary import Act
from services.records.domain import Permit
from services.records.domain.folders import (
    MOST_FOLDERS,
    MOST_PINNED,
    check_arranges,
    check_room,
    checked_name,
    key_of,
)
from services.records.handlers.access import Access
from services.records.repositories import Repositories


def list_folders(repositories: Repositories, call: RequestContext[ListFolders]) -> Folders:
    """All folders and pins; counts and pins tell of documents the reader may see.

    Raises:
        Refusal: consent's, or NotShared to a carer. Journalled.
    """
    access, permit = _ask_permit(repositories, call, Act.CONSULTATION_LISTE)
    found = Folders(
        folders=tuple(repositories.folders.all(permit)), pinned=tuple(repositories.folders.pinned(permit))
    )
    access.granted()
    return found


def save_folder(repositories: Repositories, call: RequestContext[SaveFolder]) -> Folder:
    """Make or rename a folder.

    Raises:
        InvalidRequest: the name. FolderNameTaken, ArrangementFull; Refusal: consent's. Journalled.
    """
    request = call.message
    access, permit = _ask_permit(repositories, call, Act.RANGEMENT)
    with access.journalled_refusal():
        name = checked_name(request.name)
        known = _locked_ids(repositories, call)
        if request.folder_id not in known:
            check_room(len(known), MOST_FOLDERS)
        if not repositories.folders.save(request.patient_id, request.folder_id, name, key_of(name)):
            raise FolderNameTaken
    access.granted()
    return next(one for one in repositories.folders.all(permit) if one.folder_id == request.folder_id)


def delete_folder(repositories: Repositories, call: RequestContext[AboutFolder]) -> FolderGone:
    """Take a folder off; what lay in it stays in the record. Raises consent's refusals, journalled."""
    access, _ = _ask_permit(repositories, call, Act.RANGEMENT)
    repositories.folders.remove(call.message.patient_id, call.message.folder_id)
    access.granted()
    return FolderGone()


def arrange_document(repositories: Repositories, call: RequestContext[ArrangeDocument]) -> Arrangement:
    """Put a document in these folders and no others, and pin it or not.

    Raises:
        DocumentNotFound: not there, or not for this reader. FolderNotFound, ArrangementFull; Refusal: consent's.
            Journalled.
    """
    request = call.message
    access, permit = _ask_permit(repositories, call, Act.RANGEMENT)
    wanted = tuple(dict.fromkeys(request.folders))
    with access.journalled_refusal():
        stored = repositories.documents.get(permit, request.document_id)
        if stored is None:
            raise DocumentNotFound
        if not _locked_ids(repositories, call).issuperset(wanted):
            raise FolderNotFound
        if request.pinned:
            check_room(repositories.folders.count_pinned(request.patient_id, but=request.document_id), MOST_PINNED)
    repositories.folders.arrange(request.patient_id, request.document_id, wanted, pinned=request.pinned, now=call.now)
    access.about(stored.document)
    access.granted()
    return Arrangement(document_id=request.document_id, folders=wanted, pinned=request.pinned)


def _ask_permit(repositories: Repositories, call: RequestContext[Any], act: Act) -> tuple[Access, Permit]:
    access = Access(repositories, call, call.message.patient_id, act)
    permit = access.ask(Purpose.READ)
    with access.journalled_refusal():
        check_arranges(call.actor.role, permit.capacity)
    return access, permit


def _locked_ids(repositories: Repositories, call: RequestContext[Any]) -> set[Any]:
    """Folders there are; two who arrange at once take turns, so that limits hold."""
    repositories.records.stored_record(call.message.patient_id, locked=True)
    return repositories.folders.ids(call.message.patient_id)
