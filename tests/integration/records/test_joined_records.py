"""The records of a person with two identities are in one state and are read together, along the same indexes."""

import re
from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Connection, Engine, text

from chassis.db import fetch
from chassis.editions import EditionCache
from chassis.remote import Remote
from contracts.consent.decisions import Decision
from contracts.envelope import Actor
from contracts.records.lifecycle import AboutRecord
from contracts.vocabulary import PatientId, RecordStatus, Role
from services.records.context import RecordsContext, RecordsTools
from services.records.handlers.closing import get_record, request_destruction
from services.records.repositories.all import Repositories
from services.records.repositories.filing import FILING_PLANS
from services.records.repositories.lists import list_of
from services.records.repositories.permits import permit_parameters
from services.records.service import SERVICE
from services.records.settings import RecordsSettings
from tests.integration.records.stored_documents import ALL, store, walk
from tests.support.handler_harness import BrokerlessRuntime, HandlerHarness
from tests.unit.records.specimens import (
    INS,
    NOW,
    OTHER,
    PATIENT,
    STRANGER,
    opening,
    permit_with,
    stored_document,
)

BOTH = msgspec.structs.replace(permit_with(ALL), ids=(PATIENT, OTHER))
TODAY = NOW.date()
_JOIN = text("INSERT INTO joins VALUES (:patient, :other, :since, false)")


class OneIdentityAllowed(Remote):
    """Consent, which allows a holder what concerns the named identity alone."""

    def __init__(self) -> None:
        pass

    def __call__(self, method: Any, message: Any) -> Any:
        return Decision(allowed=True, reason="patient")


@pytest.fixture
def joined(connection: Connection, repositories: Repositories) -> Repositories:
    for patient_id, other in ((PATIENT, OTHER), (OTHER, PATIENT)):
        connection.execute(
            _JOIN,
            {"patient": patient_id, "other": other, "since": NOW},
        )
    repositories.records.open(opening())
    repositories.records.open(
        opening(patient_id=OTHER, ins=msgspec.structs.replace(INS, matricule="285079999900255"))
    )
    return repositories


@pytest.mark.parametrize("shut", [RecordStatus.CLOSED, RecordStatus.SUSPENDED])
def test_what_either_record_shuts_is_shut(joined: Repositories, shut: RecordStatus) -> None:
    assert joined.records.state(PATIENT, STRANGER).status is RecordStatus.ACTIVE
    joined.records.set_status(OTHER, shut)
    for patient_id in (PATIENT, OTHER):
        assert joined.records.state(patient_id, STRANGER).status is shut
    assert joined.records.state(PATIENT, STRANGER).own_status is RecordStatus.ACTIVE
    assert joined.records.active([PATIENT, OTHER]) == {}


def test_what_is_permitted_of_one_record_changes_and_shows_that_one_only(
    joined: Repositories, connection: Connection, engine: Engine
) -> None:
    connection.commit()
    tools = RecordsTools(RecordsSettings(), EditionCache(FILING_PLANS, fresh_seconds=60))
    harness: HandlerHarness[RecordsContext] = HandlerHarness(
        SERVICE, BrokerlessRuntime(engine, OneIdentityAllowed()), tools
    )
    holder = Actor(role=Role.PATIENT, subject=str(OTHER))
    destroyed = harness.run(request_destruction, AboutRecord(patient_id=OTHER), holder)
    assert (destroyed.patient_id, destroyed.status, destroyed.other) == (OTHER, RecordStatus.CLOSED, None)
    connection.rollback()
    assert [record.status for record in joined.records.of_person(PATIENT)] == [
        RecordStatus.ACTIVE,
        RecordStatus.CLOSED,
    ]
    joined.records.set_default_visibility(PATIENT, masked=True, giver="")
    connection.commit()
    assert not harness.run(get_record, AboutRecord(patient_id=OTHER), holder).default_masked


def test_what_a_representative_set_for_either_identity_ends_with_them_by_either_of_their_own(
    joined: Repositories, connection: Connection
) -> None:
    first, second = PatientId(UUID(int=77)), PatientId(UUID(int=78))
    for patient_id, other in ((first, second), (second, first)):
        connection.execute(_JOIN, {"patient": patient_id, "other": other, "since": NOW})
    joined.records.set_default_visibility(OTHER, masked=True, giver="")
    joined.records.set_default_visibility(OTHER, masked=False, giver=str(first))
    assert not joined.records.state(PATIENT, None).masks(TODAY)
    joined.records.forget_default_visibility_of(PATIENT, second)
    assert joined.records.state(PATIENT, None).masks(TODAY), "as the holder has it"


def test_new_documents_are_masked_if_either_record_says_so_and_a_reader_of_either_is_known(
    joined: Repositories,
) -> None:
    assert not joined.records.state(PATIENT, STRANGER).masks(TODAY)
    joined.records.set_default_visibility(OTHER, masked=True, giver="")
    joined.records.note_first_read(OTHER, STRANGER, NOW, secret=False)
    for patient_id in (PATIENT, OTHER):
        state = joined.records.state(patient_id, STRANGER)
        assert state.masks(TODAY)
        assert state.seen_before


def test_a_permit_of_both_finds_the_documents_of_both_and_one_of_either_its_own(repositories: Repositories) -> None:
    ours = [stored_document(created_at=NOW, unique_id=f"1.{number}") for number in range(5)]
    theirs = [
        msgspec.structs.replace(stored_document(created_at=NOW, unique_id=f"1.{number}"), patient_id=OTHER)
        for number in range(5)
    ]
    store(repositories, *ours)
    store(repositories, *theirs, patient_id=OTHER)
    found = walk(repositories, BOTH, count=3)
    assert {document.document_id for document in found} == {entry.document.document_id for entry in ours + theirs}
    assert {document.document_id for document in walk(repositories, permit_with(ALL), count=3)} == {
        entry.document.document_id for entry in ours
    }
    for entry in ours + theirs:
        assert repositories.documents.get(BOTH, entry.document.document_id) == entry
    assert repositories.deposits.version_on_file([OTHER], "1.3") == theirs[3]


@pytest.mark.parametrize("ids", [(PATIENT,), (PATIENT, OTHER)])
def test_lists_follow_the_index_of_patients(
    connection: Connection, repositories: Repositories, ids: Collection[PatientId]
) -> None:
    store(repositories, stored_document())
    connection.execute(text(_MANY))
    connection.execute(text("ANALYZE documents"))
    filters = {
        "section": None,
        "after_date": None,
        "after_id": None,
        "count": 50,
        "folder": None,
        "pinned": False,
        "since": None,
    }
    parameters = permit_parameters(msgspec.structs.replace(BOTH, ids=tuple(ids)))
    plan = fetch(connection, f"EXPLAIN {list_of(0)}", parameters | filters)
    lines = "\n".join(str(line) for (line,) in plan)
    assert "Seq Scan on documents" not in lines, lines
    assert re.search(r"Index Cond: .*patient_id (=|= ANY)", lines), lines


_MANY = """
INSERT INTO documents SELECT copy.* FROM documents AS document, generate_series(1, 5000) AS number,
LATERAL jsonb_populate_record(document, jsonb_build_object(
    'patient_id', md5((number % 500)::text)::uuid, 'document_id', gen_random_uuid(), 'entry_uuid', gen_random_uuid(),
    'unique_id', number::text, 'content_id', gen_random_uuid()
)) AS copy
"""
"""Ten documents each of five hundred patients, of one kind."""
