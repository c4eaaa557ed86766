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
from services.records.actions.access import Access
from services.records.domain import Permit
from services.records.domain.folders import (
    MOST_FOLDERS,
    MOST_PINNED,
    check_arranges,
    check_room,
    checked_name,
    key_of,
)
from services.records.store import Cellar


def list_folders(cellar: Cellar, call: RequestContext[ListFolders]) -> Folders:
    """All folders and pins; counts and pins tell of documents the reader may see.

    Raises:
        Refusal: consent's, or NotShared to a carer. Journalled.
    """
    access, leave = _leave(cellar, call, Act.CONSULTATION_LISTE)
    found = Folders(folders=tuple(cellar.folders.all(leave)), pinned=tuple(cellar.folders.pinned(leave)))
    access.granted()
    return found


def save_folder(cellar: Cellar, call: RequestContext[SaveFolder]) -> Folder:
    """Make or rename a folder.

    Raises:
        InvalidRequest: the name. FolderNameTaken, ArrangementFull; Refusal: consent's. Journalled.
    """
    asked = call.message
    access, leave = _leave(cellar, call, Act.RANGEMENT)
    with access.journalled_refusal():
        name = checked_name(asked.name)
        known = _locked_ids(cellar, call)
        if asked.folder_id not in known:
            check_room(len(known), MOST_FOLDERS)
        if not cellar.folders.save(asked.patient_id, asked.folder_id, name, key_of(name)):
            raise FolderNameTaken
    access.granted()
    return next(one for one in cellar.folders.all(leave) if one.folder_id == asked.folder_id)


def delete_folder(cellar: Cellar, call: RequestContext[AboutFolder]) -> FolderGone:
    """Take a folder off; what lay in it stays in the record. Raises consent's refusals, journalled."""
    access, _ = _leave(cellar, call, Act.RANGEMENT)
    cellar.folders.remove(call.message.patient_id, call.message.folder_id)
    access.granted()
    return FolderGone()


def arrange_document(cellar: Cellar, call: RequestContext[ArrangeDocument]) -> Arrangement:
    """Put a document in these folders and no others, and pin it or not.

    Raises:
        DocumentNotFound: not there, or not for this reader. FolderNotFound, ArrangementFull; Refusal: consent's.
            Journalled.
    """
    asked = call.message
    access, leave = _leave(cellar, call, Act.RANGEMENT)
    wanted = tuple(dict.fromkeys(asked.folders))
    with access.journalled_refusal():
        filed = cellar.documents.get(leave, asked.document_id)
        if filed is None:
            raise DocumentNotFound
        if not _locked_ids(cellar, call).issuperset(wanted):
            raise FolderNotFound
        if asked.pinned:
            check_room(cellar.folders.count_pinned(asked.patient_id, but=asked.document_id), MOST_PINNED)
    cellar.folders.arrange(asked.patient_id, asked.document_id, wanted, pinned=asked.pinned, now=call.now)
    access.about(filed.document)
    access.granted()
    return Arrangement(document_id=asked.document_id, folders=wanted, pinned=asked.pinned)


def _leave(cellar: Cellar, call: RequestContext[Any], act: Act) -> tuple[Access, Permit]:
    access = Access(cellar, call, call.message.patient_id, act)
    leave = access.ask(Purpose.READ)
    with access.journalled_refusal():
        check_arranges(call.actor.role, leave.capacity)
    return access, leave


def _locked_ids(cellar: Cellar, call: RequestContext[Any]) -> set[Any]:
    """Folders there are; two who arrange at once take turns, so that limits hold."""
    cellar.records.on_file(call.message.patient_id, locked=True)
    return cellar.folders.ids(call.message.patient_id)
