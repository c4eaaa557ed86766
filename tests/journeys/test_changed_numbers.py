"""A person's INS changes by two agents: the one before still finds the same record, and nothing else moves."""

from dataclasses import replace
from functools import partial

import pytest

from client.fhir import FhirClient
from client.people import DemoPeople
from contracts.vocabulary import OID_NIA, OID_NIR, Ins
from deploy.dev.stack import Stack
from tests.support.fhir_client import reference_to
from tests.support.journal_and_notices import expect_notices, wait_for_line
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    document_for,
    new_patient,
    open_record,
)
from tests.support.refusals import expect_refusal, refusal_of
from tests.support.staff import COLLEAGUE, agent_client
from tests.support.waiting import wait_until

EVIDENCE = "Réponse INSi du 2026-11-02, n° 4411"
AWAITED = (409, "agent.second_signature")


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    """Known by a provisional number."""
    return open_record(demo, new_patient(oid=OID_NIA))


def change(platform: Stack, holder: Holder, ins: Ins, **terms: object) -> None:
    """Two agents give the holder another INS."""
    attempt = partial(agent_client(platform).change_ins, holder.record, ins, EVIDENCE, **terms)
    assert refusal_of(attempt)[:2] == AWAITED
    agent_client(platform, COLLEAGUE).change_ins(holder.record, ins, EVIDENCE, **terms)


def with_number(holder: Holder, ins: Ins) -> Holder:
    return replace(holder, patient=replace(holder.patient, ins=ins))


def test_a_provisional_number_finds_the_record_after_the_definite_one_has_replaced_it(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    patient, doctor = activate_account(demo, holder), authorised_doctor(demo, holder, "gp")
    before, after = holder.patient.ins, new_patient(oid=OID_NIR).ins
    kept = str(deposit(doctor, holder, document_for(demo, holder, by="gp")).document_id)
    expect_refusal("record.not_found", 404, lambda: doctor.find_record(after.matricule, after.oid))
    change(platform, holder, after)

    for ins in (before, after):
        assert str(doctor.find_record(ins.matricule, ins.oid).record.patient_id) == holder.record
    wait_until(lambda: doctor.find_record(before.matricule, before.oid).ins == after, "records knows it")
    hospital = demo.logged_in("hospital")
    for ins in (before, after):
        named = with_number(holder, ins)
        assert deposit(hospital, holder, document_for(demo, named)).status == "current"
        fhir = FhirClient(demo.gateway, hospital.token)
        posted = fhir.post("DocumentReference", reference_to(named, document_for(demo, named)))
        assert posted.status_code == 201, posted.text
        found = FhirClient(demo.gateway, doctor.token).get(f"Patient?identifier=urn:oid:{ins.oid}|{ins.matricule}")
        numbers = found.json()["entry"][0]["resource"]["identifier"]
        assert numbers[0] == {"use": "official", "system": f"urn:oid:{after.oid}", "value": after.matricule}
    stranger = with_number(holder, new_patient(oid=OID_NIR).ins)
    content = document_for(demo, stranger)
    expect_refusal("document.header_contradicts", 422, lambda: deposit(hospital, holder, content))

    assert kept in {str(document.document_id) for document in doctor.list_documents(holder.record).documents}
    person = FhirClient(demo.gateway, patient.token).get(f"Patient/{holder.record}").json()
    assert [(number["use"], number["value"]) for number in person["identifier"]] == [
        ("official", after.matricule),
        ("old", before.matricule),
    ]
    expect_notices(patient, holder.record, "INS_CHANGE")
    wait_for_line(patient, holder.record, "changement_ins", outcome="allowed")


def test_a_card_with_the_former_number_opens_the_same_record_and_changes_nothing(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    after = new_patient(oid=OID_NIR).ins
    change(platform, holder, after, sex="M")
    pharmacist = demo.logged_in("pharmacist")
    assert str(pharmacist.open_record(demo.vitale_proof(holder.card)).patient_id) == holder.record
    new_card = demo.card_for(replace(holder.patient, ins=after, sex="M"))
    assert str(pharmacist.open_record(demo.vitale_proof(new_card)).patient_id) == holder.record
    wait_until(lambda: pharmacist.find_record(after.matricule, after.oid).ins == after, "the definite one stays")


def test_a_number_that_never_was_the_persons_finds_nobody_once_it_is_corrected(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    right, wrong = holder.patient.ins, new_patient(oid=OID_NIR).ins
    change(platform, holder, wrong)
    change(platform, holder, right, keeps_former=False)
    doctor = demo.logged_in("gp")
    assert str(doctor.find_record(right.matricule, right.oid).record.patient_id) == holder.record
    expect_refusal("record.not_found", 404, lambda: doctor.find_record(wrong.matricule, wrong.oid))


def test_an_ins_that_is_wrong_or_anothers_is_refused(platform: Stack, demo: DemoPeople, holder: Holder) -> None:
    agent, other = agent_client(platform), open_record(demo, new_patient(oid=OID_NIR))
    for code, status, ins in (
        ("ins.taken", 409, other.patient.ins),
        ("ins.invalid", 400, Ins("285070205150900", OID_NIR)),
        ("request.invalid", 400, holder.patient.ins),
    ):
        expect_refusal(code, status, partial(agent.change_ins, holder.record, ins, EVIDENCE))
    free = new_patient(oid=OID_NIR).ins
    expect_refusal("request.invalid", 400, lambda: agent.change_ins(holder.record, free, EVIDENCE, sex="X"))
    expect_refusal("request.invalid", 400, lambda: agent.change_ins(holder.record, free, " - "))
    expect_refusal("access.role", 403, lambda: demo.logged_in("gp").change_ins(holder.record, free, EVIDENCE))
