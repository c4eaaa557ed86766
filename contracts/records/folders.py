"""What is asked and told of folders and pins: how holders arrange their own record, beside its sections."""

from uuid import UUID

import msgspec

from contracts.vocabulary import DocumentId, PatientId


class ListFolders(msgspec.Struct, frozen=True, kw_only=True):
    """How is this record arranged?"""

    patient_id: PatientId


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder, and how many of its documents the reader may see."""

    folder_id: UUID
    name: str
    documents: int


class Folders(msgspec.Struct, frozen=True, kw_only=True):
    """All folders by name, and what is pinned, the newest pin first."""

    folders: tuple[Folder, ...]
    pinned: tuple[DocumentId, ...]


class SaveFolder(msgspec.Struct, frozen=True, kw_only=True):
    """Make a folder, or rename it; its id is the client's choice, so that doing it twice is doing it once."""

    patient_id: PatientId
    folder_id: UUID
    name: str


class AboutFolder(msgspec.Struct, frozen=True, kw_only=True):
    """One folder something is done to."""

    patient_id: PatientId
    folder_id: UUID


class FolderGone(msgspec.Struct, frozen=True, kw_only=True):
    """The folder is gone, or was not there; its documents are where they were."""


class ArrangeDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In which folders a document lies from now on, and whether it is pinned."""

    patient_id: PatientId
    document_id: DocumentId
    folders: tuple[UUID, ...] = ()
    pinned: bool = False


class Arrangement(msgspec.Struct, frozen=True, kw_only=True):
    """Where a document lies."""

    document_id: DocumentId
    folders: tuple[UUID, ...]
    pinned: bool
