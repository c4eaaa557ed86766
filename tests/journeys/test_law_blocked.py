"""Whom the patient has blocked reads nothing in any mode, whatever authorisation there is; feeding is not reading."""

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.people import Holder, activate, authorised, deposit, deposited, document_for, open_record
from tests.support.refusing import expect
from tests.support.trails import line, told

REASON = "Patient inconscient, traitement inconnu"


@pytest.fixture(scope="module")
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture(scope="module")
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


@pytest.fixture(scope="module")
def blocked(demo: DemoPeople, holder: Holder, patient: ApiClient) -> ApiClient:
    """A doctor with an authorisation and an emergency access open, and blocked after that."""
    doctor = authorised(demo, holder)
    doctor.list_documents(holder.record)
    doctor.break_glass(holder.record, REASON)
    patient.block(holder.record, demo.professional("specialist").rpps)
    return doctor


@pytest.mark.parametrize("mode", ["normal", "bris_de_glace", "centre_15"])
def test_a_blocked_professional_reads_nothing_in_any_mode(
    demo: DemoPeople, holder: Holder, patient: ApiClient, blocked: ApiClient, mode: str
) -> None:
    document = deposited(demo, holder)
    for read in (blocked.document, blocked.download):
        expect("consent.blocked", 403, read, holder.record, document, mode=mode)
    expect("consent.blocked", 403, blocked.list_documents, holder.record, mode=mode)
    refused = line(patient, holder.record, act="consultation_liste", outcome="refused", mode=mode)
    assert refused["reason"] == "consent.blocked"
    assert "SORGUE" in refused["fr"]
    assert "vous l'avez bloqué" in refused["fr"]


def test_a_blocked_professional_breaks_no_glass_and_declares_nothing(
    demo: DemoPeople, holder: Holder, blocked: ApiClient
) -> None:
    expect("consent.blocked", 403, blocked.break_glass, holder.record, REASON)
    expect("consent.blocked", 403, blocked.open_emergency, holder.record, "centre_15", REASON)
    expect("consent.blocked", 403, blocked.declare_consent, holder.record, demo.vitale_proof(holder.card))
    found = blocked.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    assert found["authorisation"] == "forbidden"


def test_a_blocked_professional_deposits_and_then_reads_not_even_that(
    demo: DemoPeople, holder: Holder, patient: ApiClient, blocked: ApiClient
) -> None:
    content = document_for(demo, holder, by="specialist")
    document = str(deposit(blocked, holder, content)["document_id"])
    assert patient.download(holder.record, document) == content
    expect("consent.blocked", 403, blocked.download, holder.record, document)
    blocked.set_masked(holder.record, document, True)
    assert patient.document(holder.record, document)["visibility"] == [Visibility.MASQUE_PS]
    blocked.delete_document(holder.record, document)
    expect("document.not_found", 404, patient.document, holder.record, document)


def test_a_block_lifted_gives_back_what_authorisation_there_was(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient, doctor = activate(demo, holder), authorised(demo, holder)
    rpps = demo.professional("specialist").rpps
    patient.block(holder.record, rpps)
    expect("consent.blocked", 403, doctor.list_documents, holder.record)
    patient.unblock(holder.record, rpps)
    assert doctor.list_documents(holder.record)["documents"] == []
    told(patient, holder.record, "ACCES_DMP_PS")
    assert "bloqué" in line(patient, holder.record, act="blocage")["fr"]
    assert f"n° {rpps}" in line(patient, holder.record, act="deblocage")["fr"]
