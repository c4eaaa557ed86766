"""A document that describes another person does not enter a record, whatever INS it names."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import requests

from client.errors import ApiError
from client.fhir import FhirClient
from client.patient import PatientClient
from client.people import DemoPeople
from client.professional import ProfessionalClient
from contracts.notify import NoticeCode
from deploy.dev.people import Patient
from deploy.dev.stack import Stack
from gateway.fhir import systems
from tests.support.clock import run_sql
from tests.support.fhir_client import fhir_client, reference_to, refusal_in, submission_set_of, text_reference_to
from tests.support.journal_and_notices import notice_codes, wait_for_line
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    new_patient,
    new_unique_id,
    open_record,
)
from tests.support.refusals import expect_refusal

CODE = "document.patient_contradicted"
HEADER = "recordTarget/patientRole/patient/"
BIRTH_TIME = b'<birthTime value="19850714"/>'
TRAITS_ON_FILE = "SELECT birth_name, given_names, birth_date, sex FROM records WHERE patient_id = %(record)s"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def depositor(demo: DemoPeople) -> ProfessionalClient:
    return demo.logged_in("hospital")


@pytest.fixture
def software(demo: DemoPeople, depositor: ProfessionalClient) -> FhirClient:
    return fhir_client(demo, depositor)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def document_naming(demo: DemoPeople, holder: Holder, **different: Any) -> bytes:
    """A document under the holder's INS that describes somebody else."""
    return document_for(demo, replace(holder, patient=replace(holder.patient, **different)))


def titles(patient: PatientClient, holder: Holder) -> Sequence[str]:
    return [str(document.unique_id) for document in patient.list_documents(holder.record).documents]


def source_patient(family: str, birth_date: str = "1985-07-14") -> dict[str, Any]:
    """The parts of a DocumentReference that describe its patient."""
    name = {"use": "official", "family": family, "given": ["ALBERTINE"]}
    patient = {"resourceType": "Patient", "id": "p", "name": [name], "birthDate": birth_date, "gender": "female"}
    return {"contained": [patient], "context": {"sourcePatientInfo": {"reference": "#p"}}}


# CDA --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("different", "field"),
    [
        ({"birth_date": date(1985, 7, 15)}, f"{HEADER}birthTime"),
        ({"family_name": "DURAND"}, f"{HEADER}name/family"),
        ({"given_names": "ZENOBIE"}, f"{HEADER}name/given"),
        ({"sex": "M"}, f"{HEADER}administrativeGenderCode"),
    ],
)
def test_a_header_that_describes_another_person_under_the_right_ins_is_refused(
    demo: DemoPeople,
    holder: Holder,
    depositor: ProfessionalClient,
    patient: PatientClient,
    different: dict[str, Any],
    field: str,
) -> None:
    refusal = expect_refusal(CODE, 422, deposit, depositor, holder, document_naming(demo, holder, **different))
    assert field in refusal.text
    assert not names_traits(refusal, holder.patient)
    wait_for_line(patient, holder.record, "depot_document", outcome="refused", reason=CODE)
    assert titles(patient, holder) == []
    assert NoticeCode.AJOUT_DOCUMENT not in notice_codes(patient, holder.record)


def names_traits(refusal: ApiError, patient: Patient) -> bool:
    texts = f"{refusal.text} {refusal.english}"
    return any(trait in texts for trait in (patient.family_name, patient.given_names, "1985"))


def test_the_holders_document_enters_however_it_writes_and_abridges_the_traits(
    demo: DemoPeople, depositor: ProfessionalClient
) -> None:
    holder = open_record(demo, replace(new_patient(), family_name="D'ŒUVRAY-LE GOFF", given_names="ÉLODIE ANNE-LISE"))
    for different in (
        {"family_name": "d\u2019Oeuvray Le-Goff", "given_names": "Elodie"},
        {"family_name": "DOEUVRAY LEGOFF", "given_names": "ANNELISE"},
    ):
        assert deposit(depositor, holder, document_naming(demo, holder, **different))
    content = document_for(demo, holder)
    for year_only in (b'<birthTime value="1985"/>', b'<birthTime value="19850000"/>'):
        identified = content.replace(BIRTH_TIME, year_only)
        assert year_only in identified
        fresh = new_unique_id().encode()
        assert deposit(depositor, holder, identified.replace(unique_id_of(content), fresh))


def unique_id_of(content: bytes) -> bytes:
    """The OID that `document_for` gave."""
    start = content.index(b"1.2.250.1.213.1.1.9.97.")
    return content[start : content.index(b'"', start)]


def test_a_used_name_is_no_contradiction_and_missing_traits_are_named_in_a_warning(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    content = document_for(demo, holder).replace(BIRTH_TIME, b'<birthTime nullFlavor="UNK"/>')
    family = f'<family qualifier="BR">{holder.patient.family_name}</family>'.encode()
    used = content.replace(family, b'<family qualifier="SP">DURAND</family>')
    assert used != content
    reply = requests.post(
        f"{demo.gateway}/dmp/records/{holder.record}/documents",
        data=used,
        headers={"authorization": f"Bearer {depositor.token}"},
        timeout=20,
    )
    assert reply.status_code == 201, reply.text
    named = f"{HEADER}birthTime, {HEADER}name/family"
    assert reply.headers["warning"] == f'199 - "missing, corrected or not kept: {named}"'


def test_another_persons_document_replaces_nothing(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient, patient: PatientClient
) -> None:
    older = deposit(depositor, holder, document_for(demo, holder))
    somebody = replace(holder, patient=replace(holder.patient, family_name="DURAND"))
    newer = document_for(demo, somebody, replaces=older.unique_id)
    expect_refusal(CODE, 422, deposit, depositor, holder, newer)
    assert titles(patient, holder) == [older.unique_id]


# FHIR -------------------------------------------------------------------------------------------------


def test_a_plain_file_of_another_person_is_refused_and_one_without_traits_is_warned_of(
    holder: Holder, software: FhirClient, patient: PatientClient
) -> None:
    text = text_reference_to(holder, b"Compte rendu en texte. " * 30, "11488-4", title="Consultation")
    stranger = source_patient(holder.patient.family_name, "1985-07-15")
    stray = text | {"contained": text["contained"] + stranger["contained"], "context": stranger["context"]}
    reply = software.post("DocumentReference", stray)
    assert refusal_in(reply) == (422, CODE)
    assert "context.sourcePatientInfo.birthDate" in reply.text
    assert titles(patient, holder) == []
    lenient = software.post("DocumentReference", text, prefer="return=OperationOutcome")
    warned = {issue["details"]["text"] for issue in lenient.json()["issue"]}
    assert {"context.sourcePatientInfo.birthDate", "context.sourcePatientInfo.name.family"} <= warned


def test_the_traits_sent_with_a_cda_count_too(demo: DemoPeople, holder: Holder, software: FhirClient) -> None:
    content = document_for(demo, holder)
    reply = software.post("DocumentReference", reference_to(holder, content, **source_patient("DURAND")))
    assert refusal_in(reply) == (422, CODE)
    right = reference_to(holder, content, **source_patient(holder.patient.family_name.lower()))
    assert software.post("DocumentReference", right).status_code == 201


def test_one_document_of_another_person_refuses_the_whole_set(
    demo: DemoPeople, holder: Holder, software: FhirClient, patient: PatientClient
) -> None:
    stray = document_naming(demo, holder, birth_date=date(1990, 1, 2))
    bundle = submission_set_of(holder, document_for(demo, holder), stray)
    assert refusal_in(software.post("", bundle)) == (422, CODE)
    wait_for_line(patient, holder.record, "depot_document", outcome="refused", reason=CODE)
    assert titles(patient, holder) == []


def test_a_set_about_another_person_is_refused_and_its_patients_traits_are_not_stored(
    demo: DemoPeople, holder: Holder, software: FhirClient, platform: Stack
) -> None:
    def about(family: str) -> dict[str, Any]:
        bundle = submission_set_of(holder, document_for(demo, holder))
        listing = bundle["entry"][0]["resource"]
        listing["contained"] = source_patient(family)["contained"]
        listing["extension"] = [{"url": systems.SOURCE_PATIENT, "valueReference": {"reference": "#p"}}]
        return bundle

    reply = software.post("", about("DURAND"))
    assert refusal_in(reply) == (422, CODE)
    assert "List.extension.name.family" in reply.text
    assert software.post("", about(holder.patient.family_name)).status_code == 200
    query = "SELECT facts::text FROM {} WHERE patient_id = %(record)s"
    stored = [
        run_sql(platform, "records", query.format(table), record=holder.record)[0][0]
        for table in ("lots", "documents")
    ]
    assert not any(holder.patient.family_name in facts or "1985-07-14" in facts for facts in stored)


# What is known of the holder --------------------------------------------------------------------------


def test_a_record_opened_before_traits_were_kept_learns_them_at_its_next_deposit(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient, platform: Stack
) -> None:
    known = run_sql(platform, "records", TRAITS_ON_FILE, record=holder.record)
    forget = "UPDATE records SET birth_name = NULL, given_names = NULL, birth_date = NULL, sex = NULL"
    run_sql(platform, "records", f"{forget} WHERE patient_id = %(record)s", record=holder.record)
    stray = document_naming(demo, holder, birth_date=date(1990, 1, 2))
    expect_refusal(CODE, 422, deposit, depositor, holder, stray)
    assert run_sql(platform, "records", TRAITS_ON_FILE, record=holder.record) == known
    assert deposit_new(demo, holder)


def test_traits_that_a_card_states_since_count_at_once(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    renamed = replace(holder, patient=replace(holder.patient, family_name="NOUVELLE"))
    expect_refusal(CODE, 422, deposit, depositor, holder, document_for(demo, renamed))
    authorised_doctor(demo, replace(renamed, card=demo.card_for(renamed.patient)))
    assert deposit_new(demo, renamed)
    expect_refusal(CODE, 422, deposit, depositor, holder, document_for(demo, holder))
