"""Messages about the holder's folders and pins."""

from uuid import UUID

import msgspec

from contracts.vocabulary import DocumentId, PatientId


class ListFolders(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List the folders and pins of a record; `holding`: a document, to be told which folders it is in."""

    patient_id: PatientId
    holding: DocumentId | None = None


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder, and how many of its documents the reader may see."""

    folder_id: UUID
    name: str
    documents: int


class Folders(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All folders by name; pinned documents, newest pin first; `holding`: folders of the document, if requested."""

    folders: tuple[Folder, ...]
    pinned: tuple[DocumentId, ...]
    holding: tuple[UUID, ...] = ()


class SaveFolder(msgspec.Struct, frozen=True, kw_only=True):
    """Create or rename a folder; its id is chosen by the client, so that a repeat has no effect."""

    patient_id: PatientId
    folder_id: UUID
    name: str


class AboutFolder(msgspec.Struct, frozen=True, kw_only=True):
    """One folder of a record."""

    patient_id: PatientId
    folder_id: UUID


class FolderDeleted(msgspec.Struct, frozen=True, kw_only=True):
    """The folder does not exist any more; its documents are unchanged."""


class ArrangeDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Set the folders of a document, and whether it is pinned."""

    patient_id: PatientId
    document_id: DocumentId
    folders: tuple[UUID, ...] = ()
    pinned: bool = False


class Arrangement(msgspec.Struct, frozen=True, kw_only=True):
    """Folders of a document, and whether it is pinned."""

    document_id: DocumentId
    folders: tuple[UUID, ...]
    pinned: bool
