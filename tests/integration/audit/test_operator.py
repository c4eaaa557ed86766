"""The operator searches without names of patients, and erases identities without touching the tree."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from client.waiting import wait_for
from contracts.audit import Audit, EraseIdentity, JournalSearchLine, ReadProofs, SearchJournal
from contracts.envelope import Actor
from contracts.errors.execution import RecordNotDestroyed, SecondSignatureAwaited
from contracts.errors.request import InvalidRequest, RoleForbidden, TokenInvalid
from contracts.vocabulary import PLATFORM, Act, DocumentId, Outcome, PatientId, RecordStatus, Role
from tests.integration.audit.fake_records import FakeRecordStatuses
from tests.integration.audit.stack import AuditStack, holder
from tests.integration.audit.test_views import check
from tests.unit.audit.builders import DOCTOR, OPERATOR, SECOND_OPERATOR, an_entry


def search(stack: AuditStack, **named: Any) -> tuple[JournalSearchLine, ...]:
    return stack.call(Audit.search_journal, SearchJournal(**named), OPERATOR).lines


def erase(stack: AuditStack, patient_id: PatientId) -> int:
    """Two operators erase; returns how many strands lost their names."""
    request = EraseIdentity(patient_id=patient_id)
    with pytest.raises(SecondSignatureAwaited):
        stack.call(Audit.erase_identity, request, SECOND_OPERATOR)
    return stack.call(Audit.erase_identity, request, OPERATOR).strands


def a_doctor() -> Actor:
    return Actor(role=Role.PROFESSIONAL, subject=str(uuid4().int)[:11], name="Dr Ada Noyer", profession="10")


def test_a_search_from_a_moment_whose_offset_the_database_does_not_read_is_refused(stack: AuditStack) -> None:
    since = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=20, minutes=24)))
    with pytest.raises(InvalidRequest):
        stack.call(Audit.search_journal, SearchJournal(actor="80000000019", since=since), OPERATOR)


def test_an_actors_lines_are_found_in_every_journal(stack: AuditStack) -> None:
    doctor = a_doctor()
    for patient_id in (PatientId(uuid4()), PatientId(uuid4())):
        stack.append(an_entry(doctor, patient_id=patient_id), an_entry(patient_id=patient_id))

    newer, older = search(stack, actor=doctor.subject)

    assert newer.position > older.position
    assert newer.strand != older.strand
    assert (newer.actor, newer.profession, newer.actor_role) == (doctor.subject, "10", Role.PROFESSIONAL)
    assert search(stack, actor=doctor.subject, outcome=Outcome.REFUSED) == ()
    assert search(stack, actor=doctor.subject, count=1, before=newer.position) == (older,)


def test_all_lines_of_a_patient_are_found_and_name_no_patient(stack: AuditStack) -> None:
    patient_id, document_id = PatientId(uuid4()), DocumentId(uuid4())
    stack.append(
        an_entry(holder(patient_id), Act.CONNEXION, "patient", patient_id=patient_id),
        an_entry(patient_id=patient_id, secret=True, document_id=document_id),
        an_entry(patient_id=patient_id, withheld=True, document_id=document_id),
    )

    found = search(stack, patient_id=patient_id)

    assert [line.actor for line in found] == [DOCTOR.subject, DOCTOR.subject, ""]
    assert str(patient_id) not in f"{found}"
    assert str(document_id) not in f"{found}"
    assert search(stack, actor=str(patient_id)) == ()


def test_a_span_of_at_most_a_day_can_be_searched(stack: AuditStack) -> None:
    now, hour = datetime.now(UTC), timedelta(hours=1)
    stack.append(an_entry(patient_id=PatientId(uuid4()), act=Act.ARCHIVAGE_DOCUMENT))

    found = search(stack, since=now - hour, until=now + hour, acts=(Act.ARCHIVAGE_DOCUMENT,))

    assert [line.act for line in found] == [Act.ARCHIVAGE_DOCUMENT]
    with pytest.raises(InvalidRequest):
        search(stack, since=now - 25 * hour, until=now)
    with pytest.raises(InvalidRequest):
        search(stack)


def test_a_search_is_a_line_of_the_platform(stack: AuditStack) -> None:
    began = datetime.now(UTC)
    search(stack, actor="80000000019")

    lines = wait_for(lambda: search(stack, actor=OPERATOR.subject, acts=(Act.RECHERCHE_JOURNAL,), since=began))

    assert {line.reason for line in lines} == {"operateur"}


def test_an_erasure_is_two_lines_of_the_journal_whose_names_it_erases(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    stack.append(an_entry(patient_id=patient_id))
    erase(stack, patient_id)

    wait_for(lambda: stack.lines_about(patient_id) == 3)

    lines = [line for line in stack.read(patient_id) if line.act is Act.EFFACEMENT_IDENTITE]
    assert {(line.outcome, line.reason) for line in lines} == {
        (Outcome.REFUSED, SecondSignatureAwaited.code),
        (Outcome.ALLOWED, "operateur"),
    }
    [erasure] = [line for line in lines if line.outcome is Outcome.ALLOWED]
    assert erasure.who == "l'exploitant de la plateforme"


@pytest.mark.parametrize("status", RecordStatus)
def test_the_identity_of_a_record_that_is_not_destroyed_is_not_erased(
    stack: AuditStack, records: FakeRecordStatuses, status: RecordStatus
) -> None:
    patient_id = PatientId(uuid4())
    records.statuses[patient_id] = status
    stack.append(an_entry(patient_id=patient_id))

    for operator in (SECOND_OPERATOR, OPERATOR):
        with pytest.raises(RecordNotDestroyed):
            stack.call(Audit.erase_identity, EraseIdentity(patient_id=patient_id), operator)

    wait_for(lambda: stack.lines_about(patient_id) == 3)
    assert DOCTOR.name in {line.who.partition(" (")[0] for line in stack.read(patient_id)}


def test_only_the_operator_searches_and_erases(stack: AuditStack) -> None:
    for actor, refusal in ((DOCTOR, TokenInvalid), (holder(PatientId(uuid4())), RoleForbidden)):
        with pytest.raises(refusal):
            stack.call(Audit.search_journal, SearchJournal(actor="80000000019"), actor)
        with pytest.raises(refusal):
            stack.call(Audit.erase_identity, EraseIdentity(patient_id=PatientId(uuid4())), actor)


def test_an_erased_identity_cannot_be_read_and_the_lines_are_still_proven(stack: AuditStack) -> None:
    patient_id, document_id = PatientId(uuid4()), DocumentId(uuid4())
    stack.append(
        an_entry(patient_id=patient_id, document_id=document_id),
        an_entry(patient_id=patient_id, secret=True),
    )
    assert erase(stack, patient_id) == 2
    stack.head_over_all()

    lines = [line for line in stack.read(patient_id) if line.act is Act.CONSULTATION_LISTE]
    found = stack.call(Audit.read_proofs, ReadProofs(patient_id=patient_id), holder(patient_id))

    assert [(line.who, line.actor, line.document_id) for line in lines] == [("identité effacée", "", None)] * 2
    assert "Lind" not in f"{lines}"
    assert [(line.personal, line.nonce) for line in found.lines[-2:]] == [("", "")] * 2
    assert len(check(found)) >= 2
    assert {line.actor for line in search(stack, patient_id=patient_id) if line.act is Act.CONSULTATION_LISTE} == {""}


def test_after_an_erasure_only_new_lines_are_named(stack: AuditStack) -> None:
    patient_id = PatientId(uuid4())
    stack.append(an_entry(patient_id=patient_id))
    erase(stack, patient_id)

    stack.append(an_entry(patient_id=patient_id))

    newer, older = (line for line in stack.read(patient_id) if line.act is Act.CONSULTATION_LISTE)
    assert newer.who == "Dr Rosa Lind (médecin)"
    assert (older.number, older.who) == (1, "identité effacée")


def test_the_platforms_strand_is_not_erased(stack: AuditStack) -> None:
    with pytest.raises(InvalidRequest):
        stack.call(Audit.erase_identity, EraseIdentity(patient_id=PLATFORM), OPERATOR)
