"""Documents as they come in, are changed, and are found again."""

from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from contracts.vocabulary import ContentId, DocumentStatus, Section
from services.records.domain.lives import DocumentAction, document_after
from services.records.domain.marks import changed, shown
from services.records.repositories import Repositories
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
    permit_from,
    receipt,
    stored,
)

LEAVE = permit_from(ALL)
NEW_ENTRY = UUID(int=99)


def test_a_document_comes_back_as_it_was_filed(repositories: Repositories) -> None:
    plain, marked = stored(), stored(masked=True, secret=True, invisible_until=NOW + DAY, created_at=NOW - DAY)
    store(repositories, plain, marked)
    for entry in (plain, marked):
        assert repositories.documents.get(LEAVE, entry.document.document_id) == entry
    assert walk(repositories, LEAVE) == [plain.document, marked.document]


def test_a_section_narrows_the_list(repositories: Repositories) -> None:
    here, there = stored(section=Section.ANALYSES), stored(section=Section.IMAGERIE)
    store(repositories, here, there)
    assert walk(repositories, LEAVE, section=Section.ANALYSES) == [here.document]


def test_a_page_stays_where_it_ended_when_documents_come_in(repositories: Repositories) -> None:
    older, newer, newest = (stored(created_at=NOW - age * HOUR) for age in (2, 1, 0))
    store(repositories, older, newer)
    [first] = repositories.documents.list(LEAVE, section=None, after=None, count=1)
    store(repositories, newest)
    rest = repositories.documents.list(LEAVE, section=None, after=(first.created_at, first.document_id), count=10)
    assert (first, list(rest)) == (newer.document, [older.document])


# Coming in ---------------------------------------------------------------------------------------


def test_a_unique_id_is_filed_once_in_a_record(repositories: Repositories) -> None:
    store(repositories, stored(unique_id="1.2.3"))
    assert not repositories.deposits.file(PATIENT, stored(unique_id="1.2.3"))
    assert repositories.deposits.file(OTHER, stored(unique_id="1.2.3"))


def test_what_bears_a_unique_id_is_found_in_whatever_state_to_compare_with(repositories: Repositories) -> None:
    for status in DocumentStatus:
        entry = stored(status=status, masked=True, secret=True, unique_id=f"1.2.{status}")
        store(repositories, entry)
        assert repositories.deposits.version_on_file(PATIENT, entry.document.unique_id) == entry
    assert repositories.deposits.version_on_file(PATIENT, "1.2.9") is None
    assert repositories.deposits.version_on_file(OTHER, "1.2.current") is None


def test_what_is_superseded_leaves_the_usual_list(repositories: Repositories) -> None:
    entry = stored()
    store(repositories, entry)
    repositories.deposits.supersede(PATIENT, entry.document.document_id, NOW)
    found = repositories.documents.get(LEAVE, entry.document.document_id)
    assert found is not None and found.document.status is DocumentStatus.SUPERSEDED
    assert (
        repositories.documents.get(
            permit_from(msgspec.structs.replace(ALL, superseded=False)), entry.document.document_id
        )
        is None
    )


def test_a_content_is_held_by_its_record_in_whatever_state(repositories: Repositories) -> None:
    entry = stored(status=DocumentStatus.DELETED)
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


# Changing ----------------------------------------------------------------------------------------


def test_a_change_is_written_with_its_new_identifiers_and_touches_nothing_else(repositories: Repositories) -> None:
    entry, neighbour = stored(secret=True, invisible_until=NOW + DAY), stored()
    store(repositories, entry, neighbour)
    hidden = changed(
        shown(entry.document, entry_uuid=NEW_ENTRY), entry_uuid=NEW_ENTRY, visibility=(SECRET, MASQUE_PS)
    )
    repositories.documents.change(LEAVE, hidden)
    assert repositories.documents.get(LEAVE, hidden.document_id) == msgspec.structs.replace(entry, document=hidden)
    assert repositories.documents.get(LEAVE, neighbour.document.document_id) == neighbour


@pytest.mark.parametrize("deed", [DocumentAction.ARCHIVE, DocumentAction.DELETE])
def test_a_new_state_is_written(repositories: Repositories, deed: DocumentAction) -> None:
    entry = stored()
    store(repositories, entry)
    status = document_after(entry.document.status, deed)
    repositories.documents.change(LEAVE, changed(entry.document, entry_uuid=NEW_ENTRY, status=status))
    stored_record = repositories.deposits.version_on_file(PATIENT, entry.document.unique_id)
    assert stored_record is not None and stored_record.document.status is status


def test_a_change_within_one_record_never_reaches_another(repositories: Repositories) -> None:
    entry = stored()
    store(repositories, entry)
    moved = changed(entry.document, entry_uuid=NEW_ENTRY, status=DocumentStatus.DELETED)
    repositories.documents.change(permit_from(ALL, patient_id=OTHER), moved)
    assert repositories.documents.get(LEAVE, entry.document.document_id) == entry


def test_whoever_takes_a_document_to_change_it_has_it_alone(engine: Engine) -> None:
    entry = stored()
    with engine.begin() as filing:
        store(Repositories(filing), entry)
    free = sa.select(documents.c.document_id).with_for_update(skip_locked=True)
    with engine.begin() as mine, engine.begin() as other:
        Repositories(mine).documents.get(LEAVE, entry.document.document_id)
        assert len(other.execute(free).all()) == 1
    with engine.begin() as mine, engine.begin() as other:
        Repositories(mine).documents.get(LEAVE, entry.document.document_id, locked=True)
        assert other.execute(free).all() == []


def test_a_permit_that_does_not_reach_a_document_locks_nothing(engine: Engine) -> None:
    entry = stored(status=DocumentStatus.DELETED)
    with engine.begin() as filing:
        store(Repositories(filing), entry)
    with engine.begin() as mine, engine.begin() as other:
        assert Repositories(mine).documents.get(LEAVE, entry.document.document_id, locked=True) is None
        assert len(other.execute(sa.select(documents.c.document_id).with_for_update(skip_locked=True)).all()) == 1
