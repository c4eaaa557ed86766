"""Folders and pins follow the versions that each reader is shown."""

from uuid import UUID

import msgspec

from contracts.consent.permits import Permit
from contracts.vocabulary import DocumentId
from services.records.domain import StoredDocument
from services.records.repositories.all import Repositories
from tests.integration.records.stored_documents import ALL, store
from tests.unit.records.specimens import DAY, NOW, PATIENT, permit_with, stored_document

FOLDER, OTHER_FOLDER = UUID(int=77), UUID(int=78)
USUAL = msgspec.structs.replace(ALL, superseded=False, archived=False, hides_invisible=True)
HOLDER = permit_with(USUAL, reader=None)
LATER = msgspec.structs.replace(HOLDER, at=NOW + DAY)
REPRESENTATIVE = permit_with(msgspec.structs.replace(USUAL, hides_secret=True), reader=None)


def in_folder(repositories: Repositories, permit: Permit, folder: UUID = FOLDER) -> set[DocumentId]:
    """The documents of a folder, as it lists and counts them."""
    found = repositories.documents.list(permit, section=None, after=None, count=99, folder=folder)
    [counted] = [entry.documents for entry in repositories.folders.all(permit) if entry.folder_id == folder]
    assert counted == len(found)
    return {document.document_id for document in found}


def in_a_folder(repositories: Repositories, document: StoredDocument) -> DocumentId:
    """Store a document in FOLDER, pinned."""
    document_id = document.document.document_id
    store(repositories, document)
    for folder, name in ((FOLDER, "Un"), (OTHER_FOLDER, "Deux")):
        repositories.folders.save(HOLDER, PATIENT, folder, name, name)
    repositories.folders.arrange(PATIENT, document_id, [FOLDER], pinned=True, now=NOW)
    return document_id


def replace(repositories: Repositories, older: DocumentId, newer: StoredDocument) -> DocumentId:
    document_id = newer.document.document_id
    store(repositories, newer)
    repositories.deposits.supersede(PATIENT, older, document_id)
    repositories.folders.follow(PATIENT, older, document_id)
    return document_id


def test_a_hidden_replacement_leaves_folder_and_pin_of_the_older_version(repositories: Repositories) -> None:
    older = in_a_folder(repositories, stored_document())
    newer = replace(repositories, older, stored_document(invisible_until=NOW + DAY))
    for permit, shown in ((HOLDER, older), (LATER, newer)):
        assert in_folder(repositories, permit) == {shown}
        assert repositories.folders.pinned(permit) == [shown]
        pinned = repositories.documents.list(permit, section=None, after=None, count=9, pinned=True)
        assert [document.document_id for document in pinned] == [shown]


def test_the_replacements_hidden_from_a_reader_are_found(repositories: Repositories) -> None:
    older = in_a_folder(repositories, stored_document())
    hidden = replace(repositories, older, stored_document(secret=True))
    newest = replace(repositories, hidden, stored_document())
    assert repositories.folders.hidden_successors(REPRESENTATIVE, older) == [hidden]
    assert repositories.folders.hidden_successors(REPRESENTATIVE, newest) == []
    assert repositories.folders.hidden_successors(HOLDER, older) == []


def test_the_folders_of_a_document_are_told_to_whom_may_see_it(repositories: Repositories) -> None:
    shown, hidden = (
        in_a_folder(repositories, stored_document()),
        in_a_folder(repositories, stored_document(secret=True)),
    )
    for permit, document_id, expected in (
        (HOLDER, shown, [FOLDER]),
        (HOLDER, hidden, [FOLDER]),
        (REPRESENTATIVE, shown, [FOLDER]),
        (REPRESENTATIVE, hidden, []),
    ):
        assert repositories.folders.holding(permit, document_id) == expected


def test_the_pins_of_hidden_documents_do_not_count(repositories: Repositories) -> None:
    first = in_a_folder(repositories, stored_document())
    in_a_folder(repositories, stored_document(secret=True))
    in_a_folder(repositories, stored_document(invisible_until=NOW + DAY))
    other = DocumentId(UUID(int=5))
    counts = {
        permit: repositories.folders.count_pinned(permit, but=other) for permit in (REPRESENTATIVE, HOLDER, LATER)
    }
    assert list(counts.values()) == [1, 2, 3]
    assert repositories.folders.count_pinned(REPRESENTATIVE, but=first) == 0
