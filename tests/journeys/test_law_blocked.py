"""A blocked professional reads nothing in any mode, whatever their authorisations, and may still deposit."""

import pytest

from client.api_client import ApiClient
from client.patient import PatientClient
from client.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.journal_and_notices import expect_notices, wait_for_line
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

REASON = "Patient inconscient, traitement inconnu"


@pytest.fixture(scope="module")
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture(scope="module")
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


@pytest.fixture(scope="module")
def blocked(demo: DemoPeople, holder: Holder, patient: PatientClient) -> ApiClient:
    """A doctor with an authorisation and an open emergency access, blocked afterwards."""
    doctor = authorised_doctor(demo, holder)
    doctor.list_documents(holder.record)
    doctor.break_glass(holder.record, REASON)
    patient.block(holder.record, demo.professional("specialist").rpps)
    return doctor


@pytest.mark.parametrize("mode", ["normal", "bris_de_glace", "centre_15"])
def test_a_blocked_professional_reads_nothing_in_any_mode(
    demo: DemoPeople, holder: Holder, patient: PatientClient, blocked: ApiClient, mode: str
) -> None:
    document = deposit_new(demo, holder)
    for read in (blocked.document, blocked.download):
        expect_refusal("consent.blocked", 403, read, holder.record, document, mode=mode)
    expect_refusal("consent.blocked", 403, blocked.list_documents, holder.record, mode=mode)
    refused = wait_for_line(patient, holder.record, act="consultation_liste", outcome="refused", mode=mode)
    assert refused.reason == "consent.blocked"
    assert "SORGUE" in refused.fr
    assert "vous l'avez bloqué" in refused.fr


def test_a_blocked_professional_opens_no_emergency_access_and_declares_no_consent(
    demo: DemoPeople, holder: Holder, blocked: ApiClient
) -> None:
    expect_refusal("consent.blocked", 403, blocked.break_glass, holder.record, REASON)
    expect_refusal("consent.blocked", 403, blocked.open_emergency, holder.record, "centre_15", REASON)
    expect_refusal("consent.blocked", 403, blocked.declare_consent, holder.record, demo.vitale_proof(holder.card))
    found = blocked.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    assert found.authorisation == "forbidden"


def test_a_blocked_professional_deposits_but_does_not_read_the_deposit(
    demo: DemoPeople, holder: Holder, patient: PatientClient, blocked: ApiClient
) -> None:
    content = document_for(demo, holder, by="specialist")
    document = str(deposit(blocked, holder, content).document_id)
    assert patient.download(holder.record, document) == content
    expect_refusal("consent.blocked", 403, blocked.download, holder.record, document)
    blocked.set_masked(holder.record, document, True)
    assert patient.document(holder.record, document).visibility == (Visibility.MASQUE_PS,)
    blocked.delete_document(holder.record, document)
    expect_refusal("document.not_found", 404, patient.document, holder.record, document)


def test_lifting_a_block_restores_the_earlier_authorisation(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient, doctor = activate_account(demo, holder), authorised_doctor(demo, holder)
    rpps = demo.professional("specialist").rpps
    patient.block(holder.record, rpps)
    expect_refusal("consent.blocked", 403, doctor.list_documents, holder.record)
    patient.unblock(holder.record, rpps)
    assert doctor.list_documents(holder.record).documents == ()
    expect_notices(patient, holder.record, "ACCES_DMP_PS")
    assert "bloqué" in wait_for_line(patient, holder.record, act="blocage").fr
    assert f"n° {rpps}" in wait_for_line(patient, holder.record, act="deblocage").fr
