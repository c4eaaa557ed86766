"""Documents are deposited, changed, and found again."""

from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from contracts.consent.decisions import MaskedAccess
from contracts.records.documents import Author
from contracts.vocabulary import ContentId, DocumentStatus, Section
from services.records.domain.lives import DocumentAction, document_after
from services.records.domain.marks import changed, shown
from services.records.domain.words import read_words
from services.records.repositories.all import Repositories
from services.records.tables import documents
from tests.integration.records.stored_documents import ALL, store, walk
from tests.unit.records.specimens import (
    DAY,
    HOUR,
    MASQUE_PS,
    NOW,
    OTHER,
    PATIENT,
    SECRET,
    STRANGER,
    document,
    permit_with,
    receipt,
    stored_document,
)

PERMIT = permit_with(ALL)
NEW_ENTRY = UUID(int=99)


def test_a_document_is_read_as_it_was_added(repositories: Repositories) -> None:
    plain, marked = (
        stored_document(),
        stored_document(masked=True, secret=True, invisible_until=NOW + DAY, created_at=NOW - DAY),
    )
    store(repositories, plain, marked)
    for entry in (plain, marked):
        assert repositories.documents.get(PERMIT, entry.document.document_id) == entry
    assert walk(repositories, PERMIT) == [plain.document, marked.document]


def test_a_list_may_be_of_one_section(repositories: Repositories) -> None:
    here, there = stored_document(section=Section.ANALYSES), stored_document(section=Section.IMAGERIE)
    store(repositories, here, there)
    assert walk(repositories, PERMIT, section=Section.ANALYSES) == [here.document]


FOUND = [
    ("Scanner du cœur", "SCANNER coeur"),
    ("Échographie ABDOMINALE", "échographie abdominale"),
    ("Dosage à 100 %", "dosage-à %"),
    ("100 %", "%"),
    ("a_b", "_"),
    ("Titre", "laboratory"),
    ("Titre", "biologiques Auteur"),
    ("Titre", "titre dre nantes"),
]


@pytest.mark.parametrize(("title", "words"), FOUND)
def test_a_list_may_be_of_documents_with_every_word(repositories: Repositories, title: str, words: str) -> None:
    sought, other = (
        stored_document(msgspec.structs.replace(document(type_code=code), title=text, author=author))
        for code, text, author in (
            ("11502-2", title, Author(rpps="1", name="Dre Auteur", structure="CHU de Nantes")),
            ("68599-0", "Scanner Titre 100 axb", Author(rpps="1", name="Dr Neuf")),
        )
    )
    store(repositories, sought, other)
    read = read_words(words)
    found = repositories.documents.list(PERMIT, section=None, after=None, count=9, words=read)
    assert list(found) == [sought.document]
    assert repositories.documents.counts(PERMIT, words=read) == {Section.ANALYSES: 1}
    assert repositories.documents.counts(PERMIT) == {Section.ANALYSES: 2}


def test_what_is_hidden_is_not_found_by_its_words(repositories: Repositories) -> None:
    store(repositories, stored_document(masked=True))
    blind = permit_with(msgspec.structs.replace(ALL, masked=MaskedAccess.OWN), reader=STRANGER)
    assert repositories.documents.counts(blind, words=read_words("titre")) == {}
    assert repositories.documents.counts(PERMIT, words=read_words("titre")) == {Section.ANALYSES: 1}


def test_a_document_added_meanwhile_does_not_move_the_next_page(repositories: Repositories) -> None:
    older, newer, newest = (stored_document(created_at=NOW - age * HOUR) for age in (2, 1, 0))
    store(repositories, older, newer)
    [first] = repositories.documents.list(PERMIT, section=None, after=None, count=1)
    store(repositories, newest)
    rest = repositories.documents.list(PERMIT, section=None, after=(first.created_at, first.document_id), count=10)
    assert (first, list(rest)) == (newer.document, [older.document])


# Deposits ---------------------------------------------------------------------------------------


def test_a_unique_id_is_added_once_to_a_record(repositories: Repositories) -> None:
    store(repositories, stored_document(unique_id="1.2.3"))
    assert not repositories.deposits.file(PATIENT, stored_document(unique_id="1.2.3"))
    assert repositories.deposits.file(OTHER, stored_document(unique_id="1.2.3"))


def test_a_document_of_any_status_is_found_by_its_unique_id(repositories: Repositories) -> None:
    for status in DocumentStatus:
        entry = stored_document(status=status, masked=True, secret=True, unique_id=f"1.2.{status}")
        store(repositories, entry)
        assert repositories.deposits.version_on_file([PATIENT], entry.document.unique_id) == entry
    assert repositories.deposits.version_on_file([PATIENT], "1.2.9") is None
    assert repositories.deposits.version_on_file([OTHER], "1.2.current") is None


def test_a_superseded_document_is_outside_the_usual_permit(repositories: Repositories) -> None:
    entry, newer = stored_document(), stored_document()
    store(repositories, entry, newer)
    repositories.deposits.supersede(PATIENT, entry.document.document_id, newer.document.document_id)
    found = repositories.documents.get(PERMIT, entry.document.document_id)
    assert found is not None and found.document.status is DocumentStatus.SUPERSEDED
    assert (
        repositories.documents.get(
            permit_with(msgspec.structs.replace(ALL, superseded=False)), entry.document.document_id
        )
        is None
    )


def test_a_record_holds_the_content_of_a_document_of_any_status(repositories: Repositories) -> None:
    entry = stored_document(status=DocumentStatus.DELETED)
    store(repositories, entry)
    assert repositories.deposits.holds_content(PATIENT, entry.content_id)
    assert not repositories.deposits.holds_content(OTHER, entry.content_id)
    assert not repositories.deposits.holds_content(PATIENT, ContentId(UUID(int=99)))


def test_a_receipt_is_spent_once_until_it_is_forgotten(repositories: Repositories) -> None:
    assert repositories.deposits.spend_receipts([receipt()], NOW)
    assert not repositories.deposits.spend_receipts([receipt()], NOW + HOUR)
    repositories.deposits.forget_receipts(NOW)
    assert not repositories.deposits.spend_receipts([receipt()], NOW)
    repositories.deposits.forget_receipts(NOW + HOUR)
    assert repositories.deposits.spend_receipts([receipt()], NOW)


# Changes ----------------------------------------------------------------------------------------


def test_a_change_is_written_with_its_new_identifiers_to_that_document_only(repositories: Repositories) -> None:
    entry, neighbour = stored_document(secret=True, invisible_until=NOW + DAY), stored_document()
    store(repositories, entry, neighbour)
    hidden = changed(
        shown(entry.document, entry_uuid=NEW_ENTRY), entry_uuid=NEW_ENTRY, visibility=(SECRET, MASQUE_PS)
    )
    repositories.documents.change(PERMIT, hidden)
    assert repositories.documents.get(PERMIT, hidden.document_id) == msgspec.structs.replace(entry, document=hidden)
    assert repositories.documents.get(PERMIT, neighbour.document.document_id) == neighbour


@pytest.mark.parametrize("action", [DocumentAction.ARCHIVE, DocumentAction.DELETE])
def test_a_new_status_is_written(repositories: Repositories, action: DocumentAction) -> None:
    entry = stored_document()
    store(repositories, entry)
    status = document_after(entry.document.status, action)
    repositories.documents.change(PERMIT, changed(entry.document, entry_uuid=NEW_ENTRY, status=status))
    changed_document = repositories.deposits.version_on_file([PATIENT], entry.document.unique_id)
    assert changed_document is not None and changed_document.document.status is status


def test_a_change_within_one_record_never_reaches_another(repositories: Repositories) -> None:
    entry = stored_document()
    store(repositories, entry)
    moved = changed(entry.document, entry_uuid=NEW_ENTRY, status=DocumentStatus.DELETED)
    repositories.documents.change(permit_with(ALL, patient_id=OTHER), moved)
    assert repositories.documents.get(PERMIT, entry.document.document_id) == entry


def test_a_document_read_to_be_changed_is_locked(engine: Engine) -> None:
    entry = stored_document()
    with engine.begin() as filing:
        store(Repositories(filing), entry)
    free = sa.select(documents.c.document_id).with_for_update(skip_locked=True)
    with engine.begin() as mine, engine.begin() as other:
        Repositories(mine).documents.get(PERMIT, entry.document.document_id)
        assert len(other.execute(free).all()) == 1
    with engine.begin() as mine, engine.begin() as other:
        Repositories(mine).documents.get(PERMIT, entry.document.document_id, locked=True)
        assert other.execute(free).all() == []


def test_a_document_outside_the_permit_is_not_locked(engine: Engine) -> None:
    entry = stored_document(status=DocumentStatus.DELETED)
    with engine.begin() as filing:
        store(Repositories(filing), entry)
    with engine.begin() as mine, engine.begin() as other:
        assert Repositories(mine).documents.get(PERMIT, entry.document.document_id, locked=True) is None
        assert len(other.execute(sa.select(documents.c.document_id).with_for_update(skip_locked=True)).all()) == 1
