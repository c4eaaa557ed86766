"""The end of a record: closed and reopened, destroyed early or after ten years, suspended by the operator."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from contracts.ages import anniversary
from contracts.vocabulary import Act, RecordStatus, Visibility
from deploy.dev.stack import Stack
from tests.support.clock import let_ten_years_pass, run_sql
from tests.support.document_access import listed_ids
from tests.support.journal_and_notices import expect_notices, journal_lines, wait_for_line, whole_journal
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    open_record,
)
from tests.support.refusals import expect_refusal
from tests.support.staff import agent_client, operators
from tests.support.stored_content import content_of, object_file_of, wrapped_key_of
from tests.support.waiting import wait_until

REASON = "Patient inconscient, traitement inconnu"


class DestroyedCase(NamedTuple):
    """A record past its retention time, with the ids and object files of its documents."""

    holder: Holder
    patient: PatientClient
    documents: tuple[str, ...]
    contents: tuple[str, ...]
    objects: tuple[Path, ...]


@pytest.fixture(scope="module")
def destroyed(platform: Stack, demo: DemoPeople) -> DestroyedCase:
    """Closed ten years ago; a timer destroys it."""
    holder = open_record(demo)
    patient = activate_account(demo, holder)
    authorised_doctor(demo, holder)
    documents = (
        deposit_new(demo, holder),
        deposit_new(demo, holder, Visibility.MASQUE_PS),
        deposit_new(demo, holder),
    )
    demo.logged_in("hospital").delete_document(holder.record, documents[2])
    contents = tuple(content_of(platform, document) for document in documents)
    objects = tuple(object_file_of(platform, content) for content in contents)
    for content in contents:
        wait_until(lambda content=content: _state(platform, content) == "kept", "the content is claimed")  # type: ignore[misc]
    patient.close_record(holder.record)
    let_ten_years_pass(platform, holder.record)
    return DestroyedCase(holder, patient, documents, contents, objects)


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def expect_not_active(demo: DemoPeople, holder: Holder, patient: PatientClient, document: str) -> None:
    """Assert that nobody reads the record, deposits, or opens an emergency access."""
    doctor, author = demo.logged_in("specialist"), demo.logged_in("hospital")
    for client in (doctor, author, patient):
        for read in (client.document, client.download):
            expect_refusal("record.not_active", 403, read, holder.record, document)
        expect_refusal("record.not_active", 403, client.list_documents, holder.record)
        expect_refusal("record.not_active", 403, client.set_masked, holder.record, document, True)
        expect_refusal("record.not_active", 403, client.delete_document, holder.record, document)
    expect_refusal("record.not_active", 403, deposit, author, holder, document_for(demo, holder))
    expect_refusal("record.not_active", 403, demo.logged_in("emergency").break_glass, holder.record, REASON)
    expect_refusal("record.not_active", 403, doctor.declare_consent, holder.record, demo.vitale_proof(holder.card))


def test_a_closed_record_is_refused_to_all_but_its_holder_reads_journal_and_circle(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document = deposit_new(demo, holder)
    authorised_doctor(demo, holder)
    closed = patient.close_record(holder.record)
    today = datetime.now(UTC).date()
    assert (closed.status, closed.purge_on) == (RecordStatus.CLOSED, anniversary(today, 10))
    expect_not_active(demo, holder, patient, document)
    assert "fermé votre dossier" in wait_for_line(patient, holder.record, "fermeture_dossier").fr
    assert wait_for_line(patient, holder.record, "depot_document", reason="record.not_active").outcome == "refused"
    assert patient.record(holder.record) == closed
    assert patient.circle(holder.record).authorisations
    expect_notices(patient, holder.record, "FERMETURE_DOSSIER")


def test_reopening_restores_documents_and_authorisations(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    doctor = authorised_doctor(demo, holder)
    shown, masked = deposit_new(demo, holder), deposit_new(demo, holder, Visibility.MASQUE_PS)
    before = patient.list_documents(holder.record)
    patient.close_record(holder.record)
    expect_refusal("record.not_active", 403, patient.list_documents, holder.record)
    reopened = patient.reopen_record(holder.record)
    assert (reopened.status, reopened.purge_on, reopened.closed_at) == (RecordStatus.ACTIVE, None, None)
    assert patient.list_documents(holder.record) == before
    assert listed_ids(doctor, holder.record) == [shown]
    assert patient.download(holder.record, masked)
    assert deposit_new(demo, holder)
    expect_notices(patient, holder.record, "REOUVERTURE_DOSSIER")
    assert "rouvert votre dossier" in wait_for_line(patient, holder.record, "reouverture_dossier").fr


def test_opening_a_closed_record_is_refused(demo: DemoPeople, holder: Holder, patient: PatientClient) -> None:
    patient.close_record(holder.record)
    for name in ("pharmacist", "gp"):
        opener, proof = demo.logged_in(name), demo.vitale_proof(holder.card)
        expect_refusal("record.transition", 409, opener.open_record, proof)
    assert patient.record(holder.record).status == "closed"


def test_an_agent_closes_and_reopens_a_record_and_reads_nothing(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document, agent = deposit_new(demo, holder), agent_client(platform)
    assert agent.close_record(holder.record, "deces").status == "closed"
    expect_refusal("record.not_active", 403, patient.list_documents, holder.record)
    assert agent.reopen_record(holder.record).status == "active"
    expect_refusal("access.role", 403, agent.list_documents, holder.record)
    expect_refusal("access.role", 403, agent.download, holder.record, document)
    expect_refusal("access.role", 403, agent.request_destruction, holder.record)
    assert wait_for_line(patient, holder.record, "fermeture_dossier").actor_role == "agent"


def test_professionals_and_other_patients_cannot_close_a_record(demo: DemoPeople, holder: Holder) -> None:
    expect_refusal("access.role", 403, authorised_doctor(demo, holder).close_record, holder.record)
    stranger = activate_account(demo, open_record(demo))
    for act in (stranger.close_record, stranger.reopen_record, stranger.request_destruction):
        expect_refusal("record.not_found", 404, act, holder.record)


def test_a_closed_record_is_not_closed_again_and_an_open_one_not_reopened(
    holder: Holder, patient: PatientClient
) -> None:
    expect_refusal("record.transition", 409, patient.reopen_record, holder.record)
    patient.close_record(holder.record)
    expect_refusal("record.transition", 409, patient.close_record, holder.record)


def test_requested_destruction_is_due_in_30_days_and_cancelled_by_reopening(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document = deposit_new(demo, holder)
    requested = patient.request_destruction(holder.record)
    soon = datetime.now(UTC).date() + timedelta(days=30)
    assert (requested.status, requested.purge_on) == (RecordStatus.CLOSED, soon)
    expect_refusal("record.not_active", 403, patient.list_documents, holder.record)
    expect_notices(patient, holder.record, "SUPPRESSION_DEMANDEE")
    expect_notices(patient, holder.record, "FERMETURE_DOSSIER", times=0)
    patient.reopen_record(holder.record)
    let_ten_years_pass(platform, holder.record)
    assert patient.download(holder.record, document)
    assert patient.record(holder.record).purge_on is None
    assert "demandé la destruction" in wait_for_line(patient, holder.record, "demande_suppression").fr


def test_requesting_destruction_of_a_closed_record_moves_it_earlier(holder: Holder, patient: PatientClient) -> None:
    closed = patient.close_record(holder.record)
    requested = patient.request_destruction(holder.record)
    assert requested.purge_on and closed.purge_on
    assert requested.purge_on < closed.purge_on
    assert requested.closed_at == closed.closed_at
    assert patient.request_destruction(holder.record).purge_on == requested.purge_on


def test_the_operator_suspends_and_resumes_a_record_and_reads_nothing(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document, operator = deposit_new(demo, holder), operators(platform)
    doctor = authorised_doctor(demo, holder)
    assert operator.suspend_record(holder.record).status == "suspended"
    expect_not_active(demo, holder, patient, document)
    expect_refusal("record.transition", 409, patient.close_record, holder.record)
    expect_refusal("record.transition", 409, patient.reopen_record, holder.record)
    expect_refusal("record.transition", 409, patient.request_destruction, holder.record)
    assert "suspendu votre dossier" in wait_for_line(patient, holder.record, "suspension_dossier").fr
    expect_refusal("record.transition", 409, operator.suspend_record, holder.record)
    wait_for_line(patient, holder.record, "suspension_dossier", outcome="refused", reason="record.transition")
    assert operator.resume_record(holder.record).status == "active"
    assert doctor.download(holder.record, document)
    for read in (operator.list_documents, operator.journal, operator.notices, operator.circle):
        expect_refusal("access.role", 403, read, holder.record)
    assert "exploitant" in wait_for_line(patient, holder.record, "reprise_dossier").fr


def test_after_ten_years_the_record_is_destroyed_and_the_journal_says_so(
    platform: Stack, demo: DemoPeople, destroyed: DestroyedCase
) -> None:
    holder, patient = destroyed.holder, destroyed.patient
    wait_for_line(patient, holder.record, "destruction_dossier")
    for client in (patient, demo.logged_in("specialist"), demo.logged_in("hospital")):
        expect_refusal("record.not_found", 404, client.list_documents, holder.record)
        for document in destroyed.documents:
            expect_refusal("record.not_found", 404, client.download, holder.record, document)
    assert run_sql(platform, "records", "SELECT 1 FROM documents WHERE patient_id = %(id)s", id=holder.record) == []
    expect_notices(patient, holder.record, "DOSSIER_DETRUIT")
    gone = wait_for_line(patient, holder.record, "destruction_dossier")
    assert "automatique, à la date prévue" in gone.fr


def test_destruction_removes_the_content_keys_and_then_the_objects(platform: Stack, destroyed: DestroyedCase) -> None:
    patient, record = destroyed.patient, destroyed.holder.record
    for content, object_file in zip(destroyed.contents, destroyed.objects, strict=True):
        wait_until(lambda content=content: wrapped_key_of(platform, content) is None, "key destroyed")  # type: ignore[misc]
        wait_until(lambda object_file=object_file: not object_file.exists(), "object removed")  # type: ignore[misc]
    destroyed_documents = {str(line.document_id) for line in journal_lines(patient, record, "destruction_contenu")}
    assert destroyed_documents == set(destroyed.documents)
    assert journal_lines(patient, record, "ouverture_dossier")


def test_reopened_after_destruction_it_is_a_new_empty_record(demo: DemoPeople, destroyed: DestroyedCase) -> None:
    holder, patient = destroyed.holder, destroyed.patient
    wait_for_line(patient, holder.record, "destruction_dossier")
    opened = demo.logged_in("gp").open_record(demo.vitale_proof(holder.card))
    assert opened.status == "active"
    assert listed_ids(patient, holder.record, superseded="true", archived="true") == []
    expect_refusal("document.not_found", 404, patient.download, holder.record, destroyed.documents[0])
    document = deposit_new(demo, holder)
    assert listed_ids(patient, holder.record) == [document]
    wait_until(lambda: patient.circle(holder.record).said == (), "the consents of the old record are gone")
    expect_refusal("consent.missing", 403, demo.logged_in("specialist").list_documents, holder.record)
    lines = whole_journal(patient, holder.record)
    assert [line.act for line in lines].count(Act.OUVERTURE_DOSSIER) >= 1
    assert wait_for_line(patient, holder.record, "destruction_dossier")


def _state(platform: Stack, content: str) -> str:
    return str(
        run_sql(platform, "documents", "SELECT state FROM contents WHERE content_id = %(id)s", id=content)[0][0]
    )
