"""The end of a record: closed and reopened, destroyed early or after ten years, suspended by the operator."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.ages import anniversary
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.clock import let_ten_years_pass, rows
from tests.support.contents import content_of, key_of, object_of
from tests.support.people import Holder, activate, authorised, deposit, deposited, document_for, open_record
from tests.support.refusing import expect
from tests.support.staff import agent, operator
from tests.support.trails import journal, line, lines, told
from tests.support.waiting import wait_until
from tests.support.ways import found

REASON = "Patient inconscient, traitement inconnu"


class DestroyedCase(NamedTuple):
    """A record whose time is over: what it held, and where that rested."""

    holder: Holder
    patient: ApiClient
    documents: tuple[str, ...]
    contents: tuple[str, ...]
    objects: tuple[Path, ...]


@pytest.fixture(scope="module", autouse=True)
def destroyed(platform: Stack, demo: DemoPeople) -> DestroyedCase:
    """Closed ten years ago; made first, for the round that destroys it comes once a minute."""
    holder = open_record(demo)
    patient = activate(demo, holder)
    authorised(demo, holder)
    documents = (deposited(demo, holder), deposited(demo, holder, Visibility.MASQUE_PS), deposited(demo, holder))
    demo.logged_in("hospital").delete_document(holder.record, documents[2])
    contents = tuple(content_of(platform, document) for document in documents)
    objects = tuple(object_of(platform, content) for content in contents)
    for content in contents:
        wait_until(lambda content=content: _state(platform, content) == "kept", "news arrived")  # type: ignore[misc]
    patient.close_record(holder.record)
    let_ten_years_pass(platform, holder.record)
    return DestroyedCase(holder, patient, documents, contents, objects)


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


def expect_shut(demo: DemoPeople, holder: Holder, patient: ApiClient, document: str) -> None:
    """Nobody reads the record, feeds it or comes in by an emergency."""
    doctor, author = demo.logged_in("specialist"), demo.logged_in("hospital")
    for client in (doctor, author, patient):
        for read in (client.document, client.download):
            expect("record.not_active", 403, read, holder.record, document)
        expect("record.not_active", 403, client.list_documents, holder.record)
        expect("record.not_active", 403, client.set_masked, holder.record, document, True)
        expect("record.not_active", 403, client.delete_document, holder.record, document)
    expect("record.not_active", 403, deposit, author, holder, document_for(demo, holder))
    expect("record.not_active", 403, demo.logged_in("emergency").break_glass, holder.record, REASON)
    expect("record.not_active", 403, doctor.declare_consent, holder.record, demo.vitale_proof(holder.card))


def test_a_closed_record_is_shut_to_all_and_its_journal_is_not(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    document = deposited(demo, holder)
    authorised(demo, holder)
    closed = patient.close_record(holder.record)
    today = datetime.now(UTC).date()
    assert (closed["status"], closed["purge_on"]) == ("closed", anniversary(today, 10).isoformat())
    expect_shut(demo, holder, patient, document)
    assert "fermé votre dossier" in line(patient, holder.record, "fermeture_dossier")["fr"]
    assert line(patient, holder.record, "depot_document", reason="record.not_active")["outcome"] == "refused"
    assert patient.record(holder.record) == closed
    assert patient.circle(holder.record)["authorisations"]
    told(patient, holder.record, "FERMETURE_DOSSIER")


def test_reopening_brings_everything_back(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    doctor = authorised(demo, holder)
    shown, masked = deposited(demo, holder), deposited(demo, holder, Visibility.MASQUE_PS)
    before = patient.list_documents(holder.record)
    patient.close_record(holder.record)
    expect("record.not_active", 403, patient.list_documents, holder.record)
    reopened = patient.reopen_record(holder.record)
    assert (reopened["status"], reopened.get("purge_on"), reopened.get("closed_at")) == ("active", None, None)
    assert patient.list_documents(holder.record) == before
    assert found(doctor, holder.record) == [shown]
    assert patient.download(holder.record, masked)
    assert deposited(demo, holder)
    told(patient, holder.record, "REOUVERTURE_DOSSIER")
    assert "rouvert votre dossier" in line(patient, holder.record, "reouverture_dossier")["fr"]


def test_opening_is_not_reopening(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    patient.close_record(holder.record)
    for name in ("pharmacist", "gp"):
        opener, proof = demo.logged_in(name), demo.vitale_proof(holder.card)
        expect("record.transition", 409, opener.open_record, proof)
    assert patient.record(holder.record)["status"] == "closed"


def test_an_agent_closes_and_reopens_and_sees_nothing(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    document, desk = deposited(demo, holder), agent(platform)
    assert desk.close_record(holder.record, "deces")["status"] == "closed"
    expect("record.not_active", 403, patient.list_documents, holder.record)
    assert desk.reopen_record(holder.record)["status"] == "active"
    expect("access.role", 403, desk.list_documents, holder.record)
    expect("access.role", 403, desk.download, holder.record, document)
    expect("access.role", 403, desk.request_destruction, holder.record)
    assert line(patient, holder.record, "fermeture_dossier")["actor_role"] == "agent"


def test_no_professional_and_no_stranger_closes_a_record(demo: DemoPeople, holder: Holder) -> None:
    expect("access.role", 403, authorised(demo, holder).close_record, holder.record)
    stranger = activate(demo, open_record(demo))
    for act in (stranger.close_record, stranger.reopen_record, stranger.request_destruction):
        expect("record.not_found", 404, act, holder.record)


def test_what_is_closed_is_not_closed_again_and_what_is_open_not_reopened(holder: Holder, patient: ApiClient) -> None:
    expect("record.transition", 409, patient.reopen_record, holder.record)
    patient.close_record(holder.record)
    expect("record.transition", 409, patient.close_record, holder.record)


def test_express_destruction_is_soon_and_undone_by_reopening(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    document = deposited(demo, holder)
    asked = patient.request_destruction(holder.record)
    soon = datetime.now(UTC).date() + timedelta(days=30)
    assert (asked["status"], asked["purge_on"]) == ("closed", soon.isoformat())
    expect("record.not_active", 403, patient.list_documents, holder.record)
    told(patient, holder.record, "SUPPRESSION_DEMANDEE")
    told(patient, holder.record, "FERMETURE_DOSSIER", times=0)
    patient.reopen_record(holder.record)
    let_ten_years_pass(platform, holder.record)
    assert patient.download(holder.record, document)
    assert patient.record(holder.record).get("purge_on") is None
    assert "demandé la destruction" in line(patient, holder.record, "demande_suppression")["fr"]


def test_asked_for_a_closed_record_it_is_never_later_than_planned(holder: Holder, patient: ApiClient) -> None:
    closed = patient.close_record(holder.record)
    asked = patient.request_destruction(holder.record)
    assert asked["purge_on"] < closed["purge_on"]
    assert asked["closed_at"] == closed["closed_at"]
    assert patient.request_destruction(holder.record)["purge_on"] == asked["purge_on"]


def test_the_operator_suspends_and_resumes_and_sees_nothing(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    document, host = deposited(demo, holder), operator(platform)
    doctor = authorised(demo, holder)
    assert host.suspend(holder.record)["status"] == "suspended"
    expect_shut(demo, holder, patient, document)
    expect("record.transition", 409, patient.close_record, holder.record)
    expect("record.transition", 409, patient.reopen_record, holder.record)
    expect("record.transition", 409, patient.request_destruction, holder.record)
    assert "suspendu votre dossier" in line(patient, holder.record, "suspension_dossier")["fr"]
    expect("record.transition", 409, host.suspend, holder.record)
    line(patient, holder.record, "suspension_dossier", outcome="refused", reason="record.transition")
    assert host.resume(holder.record)["status"] == "active"
    assert doctor.download(holder.record, document)
    for read in (host.list_documents, host.journal, host.notices, host.circle):
        expect("access.role", 403, read, holder.record)
    assert "exploitant" in line(patient, holder.record, "reprise_dossier")["fr"]


def test_after_ten_years_all_is_destroyed_and_the_journal_says_so(
    platform: Stack, demo: DemoPeople, destroyed: DestroyedCase
) -> None:
    holder, patient = destroyed.holder, destroyed.patient
    line(patient, holder.record, "destruction_dossier", seconds=75)
    for client in (patient, demo.logged_in("specialist"), demo.logged_in("hospital")):
        expect("record.not_found", 404, client.list_documents, holder.record)
        for document in destroyed.documents:
            expect("record.not_found", 404, client.download, holder.record, document)
    assert rows(platform, "records", "SELECT 1 FROM documents WHERE patient_id = %(id)s", id=holder.record) == []
    told(patient, holder.record, "DOSSIER_DETRUIT")
    gone = line(patient, holder.record, "destruction_dossier")
    assert "automatique, à la date prévue" in gone["fr"]


def test_the_keys_of_its_contents_go_and_then_their_bytes(platform: Stack, destroyed: DestroyedCase) -> None:
    patient, record = destroyed.patient, destroyed.holder.record
    for content, resting in zip(destroyed.contents, destroyed.objects, strict=True):
        wait_until(lambda content=content: key_of(platform, content) is None, "key destroyed", 75)  # type: ignore[misc]
        wait_until(lambda resting=resting: not resting.exists(), "object removed", 30)  # type: ignore[misc]
    told_of = {one["document_id"] for one in lines(patient, record, "destruction_contenu")}
    assert told_of == set(destroyed.documents)
    assert lines(patient, record, "ouverture_dossier")


def test_opened_again_it_is_a_fresh_record(demo: DemoPeople, destroyed: DestroyedCase) -> None:
    holder, patient = destroyed.holder, destroyed.patient
    line(patient, holder.record, "destruction_dossier", seconds=75)
    opened = demo.logged_in("gp").open_record(demo.vitale_proof(holder.card))
    assert opened["status"] == "active"
    assert found(patient, holder.record, superseded="true", archived="true") == []
    expect("document.not_found", 404, patient.download, holder.record, destroyed.documents[0])
    document = deposited(demo, holder)
    assert found(patient, holder.record) == [document]
    wait_until(lambda: patient.circle(holder.record)["said"] == [], "what was decided about the old one gone")
    expect("consent.missing", 403, demo.logged_in("specialist").list_documents, holder.record)
    read = journal(patient, holder.record)
    assert [one["act"] for one in read].count("ouverture_dossier") >= 1
    assert line(patient, holder.record, "destruction_dossier")


def _state(platform: Stack, content: str) -> str:
    return str(rows(platform, "documents", "SELECT state FROM contents WHERE content_id = %(id)s", id=content)[0][0])
