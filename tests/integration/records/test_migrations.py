"""Rows of the first release mean the same after all migrations."""

from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import Connection, Engine

from chassis.db import make_engine
from chassis.migrate import configuration
from contracts.cda import CdaAuthor
from contracts.consent.decisions import Limits
from contracts.records.documents import Author, Document
from contracts.records.entries import DocumentMetadata
from contracts.vocabulary import (
    Coded,
    ContentId,
    DocumentId,
    DocumentStatus,
    PatientId,
    RecordStatus,
    Rpps,
    Section,
    Visibility,
)
from services.records import tables
from services.records.domain import StoredDocument, StoredRecord
from services.records.repositories.all import Repositories
from tests.integration.records.stored_documents import ALL, walk
from tests.unit.records.specimens import (
    HOSPITAL,
    HOUR,
    INS,
    NOW,
    PATIENT,
    STRANGER,
    opening,
    permit_with,
    professional,
)

STEPS = configuration("services.records")
FAR_AWAY = date(2999, 1, 1)

RECORD = """
INSERT INTO records (patient_id, matricule, ins_oid, status, opener, structure, profession, opened_at)
VALUES (:patient_id, :matricule, :oid, 'active', '1', :structure, '21', :now)
"""
DOCUMENT = """
INSERT INTO documents (patient_id, document_id, entry_uuid, unique_id, version, status, section, class_code,
    type_code, format_code, title, author_rpps, author_name, author_structure, created_at, deposited_at, language,
    media_type, size, sha1, sha256, masque_ps, replaces, content_id, depositor, structure)
VALUES (:patient_id, :id, 'urn:uuid:1', :unique_id, 2, :status, 'analyses', '10', '11502-2', 'urn:x', 'Titre', '1',
    'Dre Auteur', NULL, :now, :now, 'fr-FR', 'text/xml', 10, 'a', 'b', :masked, NULL, :id, '2', :structure)
"""


@pytest.fixture
def released(database: Callable[[str], str]) -> Iterator[Engine]:
    """A database of the first release."""
    engine = make_engine(database("records"), size=2)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    command.upgrade(STEPS, "0001")
    yield engine
    engine.dispose()


def document_of_row(number: int, status: DocumentStatus, *, masked: bool) -> StoredDocument:
    """The document in a row of DOCUMENT with these values."""
    document = Document(
        document_id=DocumentId(UUID(int=number)),
        entry_uuid="urn:uuid:1",
        unique_id=f"1.2.{number}",
        version=2,
        status=status,
        section=Section.ANALYSES,
        class_code="10",
        type_code="11502-2",
        format_code="urn:x",
        title="Titre",
        author=Author(rpps="1", name="Dre Auteur"),
        created_at=NOW,
        deposited_at=NOW,
        language="fr-FR",
        media_type="text/xml",
        size=10,
        sha1="a",
        visibility=(Visibility.MASQUE_PS,) if masked else (),
    )
    return StoredDocument(
        document=document,
        metadata=DocumentMetadata(
            type=Coded(document.type_code), authors=(CdaAuthor(family_name="Dre Auteur", structure_name=None),)
        ),
        content_id=ContentId(UUID(int=number)),
        depositor=professional("2"),
        structure=HOSPITAL,
        sha256="b",
        changed_at=NOW,
        patient_id=PATIENT,
    )


ENTRIES = [
    document_of_row(1, DocumentStatus.CURRENT, masked=False),
    document_of_row(2, DocumentStatus.CURRENT, masked=True),
    document_of_row(3, DocumentStatus.SUPERSEDED, masked=False),
]


def fill(connection: Connection, patient_id: PatientId) -> None:
    """Rows as the first release wrote them."""
    common = {"patient_id": patient_id, "structure": HOSPITAL, "now": NOW}
    connection.execute(sa.text(RECORD), common | {"matricule": INS.matricule, "oid": INS.oid})
    for entry in ENTRIES:
        values = {
            "id": entry.document.document_id,
            "unique_id": entry.document.unique_id,
            "status": entry.document.status.value,
            "masked": Visibility.MASQUE_PS in entry.document.visibility,
        }
        connection.execute(sa.text(DOCUMENT), common | values)
    for statement in (
        "INSERT INTO depositors VALUES (:patient_id, '2')",
        "INSERT INTO receipts VALUES (:patient_id, :patient_id, :now)",
    ):
        connection.execute(sa.text(statement), common)
    connection.execute(
        sa.text("INSERT INTO first_reads VALUES (:patient_id, :rpps, :now)"), common | {"rpps": STRANGER}
    )


@pytest.fixture
def repositories(released: Engine) -> Iterator[Repositories]:
    """A filled database of the first release, migrated to the newest."""
    with released.begin() as connection:
        fill(connection, PATIENT)
    command.upgrade(STEPS, "head")
    with released.connect() as connection:
        yield Repositories(connection)


def test_records_are_unchanged(repositories: Repositories) -> None:
    assert repositories.records.get(PATIENT) == StoredRecord(opening=opening(), status=RecordStatus.ACTIVE)


def test_documents_keep_marks_and_statuses(repositories: Repositories) -> None:
    assert [repositories.documents.get(permit_with(ALL), entry.document.document_id) for entry in ENTRIES] == ENTRIES
    assert sorted(document.document_id for document in walk(repositories, permit_with(ALL))) == [
        entry.document.document_id for entry in ENTRIES
    ]


def test_first_reads_and_depositors_are_kept_and_no_read_is_secret(repositories: Repositories) -> None:
    assert repositories.records.state(PATIENT, STRANGER).seen_before
    assert repositories.records.state(PATIENT, Rpps("2")).has_deposited
    assert not repositories.records.state(PATIENT, STRANGER, secret=True).seen_before
    assert not repositories.records.note_first_read(PATIENT, STRANGER, NOW, secret=False)
    assert repositories.records.note_first_read(PATIENT, STRANGER, NOW, secret=True)


def test_nothing_is_due(repositories: Repositories) -> None:
    for far_away in (NOW, NOW.replace(year=2999)):
        assert repositories.dates.appearing(far_away, most=10) == []
    assert repositories.dates.come_of_age(FAR_AWAY, most=10) == []
    assert repositories.dates.to_purge(FAR_AWAY, most=10) == []


def test_a_replica_of_the_first_release_goes_on_writing(repositories: Repositories, released: Engine) -> None:
    another = PatientId(UUID(int=5))
    with released.begin() as connection:
        fill(connection, another)
    state = repositories.records.state(another, STRANGER)
    assert (state.status, state.seen_before, state.default_mask.own) == (
        RecordStatus.ACTIVE,
        True,
        False,
    )


def test_replacements_of_before_follow_their_marks(released: Engine) -> None:
    """A document, a masked one in its place, one in place of that; and one that came before what it names."""
    command.upgrade(STEPS, "0006")
    rows = (
        (11, None, DocumentStatus.SUPERSEDED, False, 0),
        (12, "1.2.11", DocumentStatus.SUPERSEDED, True, 1),
        (13, "1.2.12", DocumentStatus.CURRENT, True, 2),
        (14, "1.2.15", DocumentStatus.CURRENT, False, 0),
        (15, None, DocumentStatus.CURRENT, False, 1),
    )
    with released.begin() as connection:
        for number, replaces, status, masked, hours in rows:
            values = {"id": UUID(int=number), "unique_id": f"1.2.{number}", "status": status.value, "masked": masked}
            common = {"patient_id": PATIENT, "structure": HOSPITAL, "now": NOW + hours * HOUR}
            connection.execute(sa.text(DOCUMENT), values | common)
            connection.execute(
                sa.text("UPDATE documents SET replaces = :replaces WHERE document_id = :id"),
                {"replaces": replaces, "id": UUID(int=number)},
            )
        # As a replacement was written before: with its time, and with folders and pin taken from the older version.
        connection.execute(
            sa.text(
                "UPDATE documents AS older SET changed_at = newer.deposited_at FROM documents AS newer"
                " WHERE newer.replaces = older.unique_id AND older.status = 'superseded'"
            )
        )
        connection.execute(sa.text("INSERT INTO folders VALUES (:p, :p, 'Un', 'un')"), {"p": PATIENT})
        placed = {"p": PATIENT, "id": UUID(int=13), "now": NOW}
        connection.execute(sa.text("INSERT INTO folder_documents VALUES (:p, :p, :id)"), placed)
        connection.execute(sa.text("INSERT INTO pins VALUES (:p, :id, :now)"), placed)
    command.upgrade(STEPS, "head")
    blind = permit_with(Limits(superseded=True))
    with released.connect() as connection:
        repositories = Repositories(connection)
        seen = {
            permit: {document.document_id.int: document.status for document in walk(repositories, permit)}
            for permit in (permit_with(ALL), blind)
        }
        current, superseded = DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED
        assert seen[permit_with(ALL)] == {11: superseded, 12: superseded, 13: current, 14: current, 15: current}
        assert seen[blind] == {11: current, 14: current, 15: current}
        oldest = repositories.documents.get(blind, DocumentId(UUID(int=11)))
        assert oldest is not None and oldest.changed_at == NOW
        assert [document.int for document in repositories.folders.pinned(blind)] == [11]
        in_folder = repositories.documents.list(blind, section=None, after=None, count=9, folder=PATIENT)
        assert [document.document_id.int for document in in_folder] == [11]


def test_the_migrated_schema_is_that_of_the_tables(released: Engine) -> None:
    command.upgrade(STEPS, "head")
    inspector = sa.inspect(released)
    for name, table in tables.metadata.tables.items():
        dialect = released.dialect
        made = {
            column["name"]: (column["type"].compile(dialect), column["nullable"])
            for column in inspector.get_columns(name)
        }
        expected = {column.name: (column.type.compile(dialect), column.nullable) for column in table.columns}
        assert {key: (kind.split(" ")[0], null) for key, (kind, null) in made.items()} == {
            key: (kind.split(" ")[0], null) for key, (kind, null) in expected.items()
        }
        assert inspector.get_pk_constraint(name)["constrained_columns"] == [key.name for key in table.primary_key]
