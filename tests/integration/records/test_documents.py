"""Documents as they come in, are changed, and are found again."""

from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from contracts.vocabulary import ContentId, DocumentStatus, Section
from services.records.domain.lives import DocumentDeed, document_after
from services.records.domain.marks import changed, shown
from services.records.store import Cellar
from services.records.tables import documents
from tests.integration.records.shelves import ALL, shelve, walk
from tests.unit.records.specimens import (
    DAY,
    HOUR,
    MASQUE_PS,
    NOW,
    OTHER,
    PATIENT,
    SECRET,
    filed,
    permit,
    receipt,
)

LEAVE = permit(ALL)
NEW_ENTRY = UUID(int=99)


def test_a_document_comes_back_as_it_was_filed(cellar: Cellar) -> None:
    plain, marked = filed(), filed(masked=True, secret=True, invisible_until=NOW + DAY, created_at=NOW - DAY)
    shelve(cellar, plain, marked)
    for entry in (plain, marked):
        assert cellar.documents.get(LEAVE, entry.document.document_id) == entry
    assert walk(cellar, LEAVE) == [plain.document, marked.document]


def test_a_section_narrows_the_list(cellar: Cellar) -> None:
    here, there = filed(section=Section.ANALYSES), filed(section=Section.IMAGERIE)
    shelve(cellar, here, there)
    assert walk(cellar, LEAVE, section=Section.ANALYSES) == [here.document]


def test_a_page_stays_where_it_ended_when_documents_come_in(cellar: Cellar) -> None:
    older, newer, newest = (filed(created_at=NOW - age * HOUR) for age in (2, 1, 0))
    shelve(cellar, older, newer)
    [first] = cellar.documents.list(LEAVE, section=None, after=None, count=1)
    shelve(cellar, newest)
    rest = cellar.documents.list(LEAVE, section=None, after=(first.created_at, first.document_id), count=10)
    assert (first, list(rest)) == (newer.document, [older.document])


# Coming in ---------------------------------------------------------------------------------------


def test_a_unique_id_is_filed_once_in_a_record(cellar: Cellar) -> None:
    shelve(cellar, filed(unique_id="1.2.3"))
    assert not cellar.deposits.file(PATIENT, filed(unique_id="1.2.3"))
    assert cellar.deposits.file(OTHER, filed(unique_id="1.2.3"))


def test_what_bears_a_unique_id_is_found_in_whatever_state_to_compare_with(cellar: Cellar) -> None:
    for status in DocumentStatus:
        entry = filed(status=status, masked=True, secret=True, unique_id=f"1.2.{status}")
        shelve(cellar, entry)
        assert cellar.deposits.version_on_file(PATIENT, entry.document.unique_id) == entry
    assert cellar.deposits.version_on_file(PATIENT, "1.2.9") is None
    assert cellar.deposits.version_on_file(OTHER, "1.2.current") is None


def test_what_is_superseded_leaves_the_usual_list(cellar: Cellar) -> None:
    entry = filed()
    shelve(cellar, entry)
    cellar.deposits.supersede(PATIENT, entry.document.document_id, NOW)
    found = cellar.documents.get(LEAVE, entry.document.document_id)
    assert found is not None and found.document.status is DocumentStatus.SUPERSEDED
    assert (
        cellar.documents.get(permit(msgspec.structs.replace(ALL, superseded=False)), entry.document.document_id)
        is None
    )


def test_a_content_is_held_by_its_record_in_whatever_state(cellar: Cellar) -> None:
    entry = filed(status=DocumentStatus.DELETED)
    shelve(cellar, entry)
    assert cellar.deposits.holds_content(PATIENT, entry.content_id)
    assert not cellar.deposits.holds_content(OTHER, entry.content_id)
    assert not cellar.deposits.holds_content(PATIENT, ContentId(UUID(int=99)))


def test_a_receipt_is_spent_once_until_it_is_forgotten(cellar: Cellar) -> None:
    assert cellar.deposits.spend_receipts([receipt()], NOW)
    assert not cellar.deposits.spend_receipts([receipt()], NOW + HOUR)
    cellar.deposits.forget_receipts(NOW)
    assert not cellar.deposits.spend_receipts([receipt()], NOW)
    cellar.deposits.forget_receipts(NOW + HOUR)
    assert cellar.deposits.spend_receipts([receipt()], NOW)


# Changing ----------------------------------------------------------------------------------------


def test_a_change_is_written_with_its_new_identifiers_and_touches_nothing_else(cellar: Cellar) -> None:
    entry, neighbour = filed(secret=True, invisible_until=NOW + DAY), filed()
    shelve(cellar, entry, neighbour)
    hidden = changed(
        shown(entry.document, entry_uuid=NEW_ENTRY), entry_uuid=NEW_ENTRY, visibility=(SECRET, MASQUE_PS)
    )
    cellar.documents.change(LEAVE, hidden)
    assert cellar.documents.get(LEAVE, hidden.document_id) == msgspec.structs.replace(entry, document=hidden)
    assert cellar.documents.get(LEAVE, neighbour.document.document_id) == neighbour


@pytest.mark.parametrize("deed", [DocumentDeed.ARCHIVE, DocumentDeed.DELETE])
def test_a_new_state_is_written(cellar: Cellar, deed: DocumentDeed) -> None:
    entry = filed()
    shelve(cellar, entry)
    status = document_after(entry.document.status, deed)
    cellar.documents.change(LEAVE, changed(entry.document, entry_uuid=NEW_ENTRY, status=status))
    on_file = cellar.deposits.version_on_file(PATIENT, entry.document.unique_id)
    assert on_file is not None and on_file.document.status is status


def test_a_change_within_one_record_never_reaches_another(cellar: Cellar) -> None:
    entry = filed()
    shelve(cellar, entry)
    moved = changed(entry.document, entry_uuid=NEW_ENTRY, status=DocumentStatus.DELETED)
    cellar.documents.change(permit(ALL, patient_id=OTHER), moved)
    assert cellar.documents.get(LEAVE, entry.document.document_id) == entry


def test_whoever_takes_a_document_to_change_it_has_it_alone(engine: Engine) -> None:
    entry = filed()
    with engine.begin() as filing:
        shelve(Cellar(filing), entry)
    free = sa.select(documents.c.document_id).with_for_update(skip_locked=True)
    with engine.begin() as mine, engine.begin() as other:
        Cellar(mine).documents.get(LEAVE, entry.document.document_id)
        assert len(other.execute(free).all()) == 1
    with engine.begin() as mine, engine.begin() as other:
        Cellar(mine).documents.get(LEAVE, entry.document.document_id, locked=True)
        assert other.execute(free).all() == []


def test_a_permit_that_does_not_reach_a_document_locks_nothing(engine: Engine) -> None:
    entry = filed(status=DocumentStatus.DELETED)
    with engine.begin() as filing:
        shelve(Cellar(filing), entry)
    with engine.begin() as mine, engine.begin() as other:
        assert Cellar(mine).documents.get(LEAVE, entry.document.document_id, locked=True) is None
        assert len(other.execute(sa.select(documents.c.document_id).with_for_update(skip_locked=True)).all()) == 1
