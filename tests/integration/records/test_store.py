"""The decision is in the SQL: what lies outside a permit is not found in any way, on any page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import Connection

from chassis.db import make_engine
from contracts.consent import Limits, Masked
from contracts.records import Author, Document
from contracts.vocabulary import (
    ContentId,
    DocumentId,
    DocumentStatus,
    Ins,
    PatientId,
    RecordStatus,
    Rpps,
    Section,
    Visibility,
)
from services.records.domain import Filed, Opening, Permit
from services.records.store import RecordStore

PATIENT, OTHER = PatientId(UUID(int=1)), PatientId(UUID(int=2))
AUTHOR, READER = Rpps("89990000070"), Rpps("89990000039")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ALL = Limits(masked=Masked.ALL)


@pytest.fixture
def connection(database: Callable[[str], str]) -> Iterator[Connection]:
    engine = make_engine(database("records"), size=2)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def store(connection: Connection) -> RecordStore:
    return RecordStore(connection)


def filed(
    *,
    type_code: str = "11502-2",
    section: Section = Section.ANALYSES,
    masked: bool = False,
    status: DocumentStatus = DocumentStatus.CURRENT,
    age: int = 0,
    unique_id: str = "",
    author: str = "1",
) -> Filed:
    document = Document(
        document_id=DocumentId(uuid4()),
        entry_uuid=f"urn:uuid:{uuid4()}",
        unique_id=unique_id or f"1.2.{uuid4().int}",
        version=1,
        status=status,
        section=section,
        class_code="10",
        type_code=type_code,
        format_code="urn:x",
        title="Titre",
        author=Author(rpps=author, name="Dre Auteur"),
        created_at=NOW - timedelta(days=age),
        deposited_at=NOW,
        language="fr-FR",
        media_type="text/xml",
        size=10,
        sha1="a",
        visibility=(Visibility.MASQUE_PS,) if masked else (),
    )
    return Filed(document=document, content_id=ContentId(uuid4()), depositor=AUTHOR, structure=None, sha256="b")


def permit(limits: Limits, reader: Rpps | None = READER, patient_id: PatientId = PATIENT) -> Permit:
    return Permit(patient_id=patient_id, reader=reader, limits=limits, reason="test")


def shelve(store: RecordStore, *entries: Filed) -> None:
    for entry in entries:
        assert store.file(PATIENT, entry)


def found(store: RecordStore, leave: Permit, section: Section | None = None) -> set[DocumentId]:
    page = store.list_documents(leave, section=section, after=None, count=100)
    return {document.document_id for document in page}


def is_reached(store: RecordStore, leave: Permit, entry: Filed) -> bool:
    """The same answer by list and by id."""
    by_list = entry.document.document_id in found(store, leave)
    by_id = store.get(leave, entry.document.document_id) is not None
    assert by_list == by_id
    return by_list


def test_a_document_comes_back_as_it_was_filed(store: RecordStore) -> None:
    entry = filed(masked=True)
    shelve(store, entry)
    assert store.get(permit(ALL), entry.document.document_id) == entry
    assert list(store.list_documents(permit(ALL), section=None, after=None, count=1)) == [entry.document]


def test_types_the_profession_may_not_see_are_out_of_reach(store: RecordStore) -> None:
    entry = filed(type_code="68599-0")
    shelve(store, entry)
    assert is_reached(store, permit(Limits(denied_types=("83901-9",))), entry)
    assert not is_reached(store, permit(Limits(denied_types=("83901-9", "68599-0"))), entry)


@pytest.mark.parametrize(
    ("reader", "masked", "reached"),
    [
        (READER, Masked.OWN, False),
        (AUTHOR, Masked.OWN, True),
        (READER, Masked.ALL, True),
        (None, Masked.ALL, True),
        (None, Masked.OWN, False),
    ],
)
def test_masked_documents_show_to_their_author_and_where_all_is_seen(
    store: RecordStore, reader: Rpps | None, masked: Masked, reached: bool
) -> None:
    entry = filed(masked=True)
    shelve(store, entry)
    assert is_reached(store, permit(Limits(masked=masked), reader), entry) is reached


def test_the_author_in_the_header_sees_it_too(store: RecordStore) -> None:
    entry = filed(masked=True, author=READER)
    shelve(store, entry)
    assert is_reached(store, permit(Limits()), entry)


def test_own_only_shows_nothing_of_others(store: RecordStore) -> None:
    entry = filed()
    shelve(store, entry)
    assert is_reached(store, permit(Limits(own_only=True), AUTHOR), entry)
    assert not is_reached(store, permit(Limits(own_only=True), READER), entry)
    assert not is_reached(store, permit(Limits(own_only=True), None), entry)


@pytest.mark.parametrize("status", [DocumentStatus.SUPERSEDED, DocumentStatus.ARCHIVED, DocumentStatus.DELETED])
def test_only_current_versions_are_found(store: RecordStore, status: DocumentStatus) -> None:
    entry = filed(status=status)
    shelve(store, entry)
    assert not is_reached(store, permit(ALL), entry)


def test_another_patients_permit_opens_nothing_here(store: RecordStore) -> None:
    entry = filed()
    shelve(store, entry)
    assert not is_reached(store, permit(ALL, patient_id=OTHER), entry)


def test_a_section_narrows_the_list(store: RecordStore) -> None:
    here, there = filed(), filed(section=Section.IMAGERIE)
    shelve(store, here, there)
    assert found(store, permit(ALL), Section.ANALYSES) == {here.document.document_id}


def test_pages_follow_each_other_without_gap_or_repeat_newest_first(store: RecordStore) -> None:
    entries = [filed(age=number // 3, masked=number % 4 == 0) for number in range(30)]
    shelve(store, *entries)
    leave = permit(Limits())
    seen: list[Document] = []
    after: tuple[datetime, UUID] | None = None
    while page := store.list_documents(leave, section=None, after=after, count=7):
        seen += page
        after = (page[-1].created_at, page[-1].document_id)
    visible = [entry.document for entry in entries if not entry.document.visibility]
    assert sorted(seen, key=lambda one: one.document_id) == sorted(visible, key=lambda one: one.document_id)
    assert [one.created_at for one in seen] == sorted((one.created_at for one in seen), reverse=True)


def test_a_unique_id_is_filed_once(store: RecordStore) -> None:
    shelve(store, filed(unique_id="1.2.3"))
    assert not store.file(PATIENT, filed(unique_id="1.2.3"))
    assert store.file(OTHER, filed(unique_id="1.2.3"))


def test_what_is_superseded_leaves_the_list(store: RecordStore) -> None:
    entry = filed()
    shelve(store, entry)
    store.supersede(PATIENT, entry.document.document_id)
    assert not is_reached(store, permit(ALL), entry)
    on_file = store.version_on_file(PATIENT, entry.document.unique_id)
    assert on_file is not None and on_file.document.status is DocumentStatus.SUPERSEDED


def test_hiding_is_written_with_its_new_identifiers(store: RecordStore) -> None:
    entry = filed()
    shelve(store, entry)
    hidden = msgspec.structs.replace(
        entry.document, visibility=(Visibility.MASQUE_PS,), version=2, entry_uuid="urn:uuid:2"
    )
    store.change_visibility(permit(ALL), hidden)
    again = store.get(permit(ALL), hidden.document_id)
    assert again is not None and again.document == hidden


def test_a_record_is_opened_once_and_known_by_its_standing(store: RecordStore) -> None:
    opening = Opening(
        patient_id=PATIENT, ins=Ins("1", "2"), opener="o", structure="s", profession="21", opened_at=NOW
    )
    assert store.standing(PATIENT, READER).status is None
    assert store.open_record(opening)
    assert not store.open_record(opening)
    assert store.opening(PATIENT) == (opening, RecordStatus.ACTIVE)
    standing = store.standing(PATIENT, READER)
    assert (standing.status, standing.ins) == (RecordStatus.ACTIVE, Ins("1", "2"))
    assert not (standing.seen_before or standing.has_deposited)


def test_who_has_read_and_who_has_fed_is_remembered(store: RecordStore) -> None:
    store.open_record(
        Opening(patient_id=PATIENT, ins=Ins("1", "2"), opener="o", structure=None, profession=None, opened_at=NOW)
    )
    assert store.note_first_read(PATIENT, READER, NOW)
    assert not store.note_first_read(PATIENT, READER, NOW)
    shelve(store, filed())
    assert store.standing(PATIENT, READER).seen_before
    assert store.standing(PATIENT, AUTHOR).has_deposited
    assert not store.standing(PATIENT, None).has_deposited
