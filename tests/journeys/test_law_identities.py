"""INS checks at opening: the control key must be valid, except for test identities, and the OID known."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from client.people import DemoPeople
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins
from deploy.dev.people import Patient
from tests.support.people import new_patient, with_wrong_key
from tests.support.refusals import expect_refusal

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "derived" / "nir_vectors.csv"

VALID_KEYS = ("255081416802538", "284052A32102552", "284052B32102579", "279035121518989")
INVALID_KEYS = ("221042545611404", "224027511583555", "284052A32102579", "284052C32102552", "28405203210255", "")


def open_status(demo: DemoPeople, patient: Patient) -> str:
    """Open a record with this patient's card; returns its status."""
    agent = demo.logged_in("pharmacist")
    return str(agent.open_record(demo.vitale_proof(demo.card_for(patient))).status)


def patient_with(matricule: str, oid: str = OID_NIR) -> Patient:
    return replace(new_patient(), ins=Ins(matricule, oid))


@pytest.mark.parametrize("oid", [OID_NIR, OID_NIA, OID_TEST, OID_DEMO])
def test_a_valid_key_opens_a_record_under_every_oid(demo: DemoPeople, oid: str) -> None:
    patient = new_patient(oid=oid)
    assert open_status(demo, patient) == "active"
    assert demo.logged_in("pharmacist").find_record(patient.ins.matricule, oid).record.status == "active"


@pytest.mark.parametrize("oid", [OID_NIR, OID_NIA])
def test_a_wrong_key_of_a_real_identity_is_refused(demo: DemoPeople, oid: str) -> None:
    patient = with_wrong_key(new_patient(oid=oid))
    expect_refusal("ins.invalid", 400, open_status, demo, patient)
    expect_refusal("ins.invalid", 400, demo.logged_in("pharmacist").find_record, patient.ins.matricule, oid)


@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
def test_a_wrong_key_of_a_test_identity_is_accepted(demo: DemoPeople, oid: str) -> None:
    assert open_status(demo, with_wrong_key(new_patient(oid=oid))) == "active"


@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.12", "", "1.2.250.1.213.1.4"])
def test_an_unknown_oid_is_refused(demo: DemoPeople, oid: str) -> None:
    expect_refusal(
        "ins.invalid", 400, open_status, demo, replace(patient := new_patient(), ins=Ins(patient.ins.matricule, oid))
    )


@pytest.mark.parametrize("matricule", VALID_KEYS)
def test_valid_keys_including_corsica_are_accepted(demo: DemoPeople, matricule: str) -> None:
    assert open_status(demo, patient_with(matricule)) == "active"


@pytest.mark.parametrize("matricule", INVALID_KEYS)
def test_invalid_keys_and_formats_are_refused(demo: DemoPeople, matricule: str) -> None:
    expect_refusal("ins.invalid", 400, open_status, demo, patient_with(matricule))


@pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors are not beside this checkout")
def test_the_national_test_vectors_hold(demo: DemoPeople) -> None:
    with VECTORS.open() as file:
        vectors = list(csv.DictReader(row for row in file if not row.startswith("#")))
    assert {vector["valid"] for vector in vectors} == {"true", "false"}
    for vector in vectors:
        patient = patient_with(vector["nir"])
        if vector["valid"] == "true":
            assert open_status(demo, patient) == "active", vector
        else:
            expect_refusal("ins.invalid", 400, open_status, demo, patient)


def test_one_number_under_two_oids_is_two_records(demo: DemoPeople) -> None:
    patient, agent = new_patient(oid=OID_NIR), demo.logged_in("pharmacist")
    same = replace(patient, ins=Ins(patient.ins.matricule, OID_TEST))
    records = {
        agent.open_record(demo.vitale_proof(demo.card_for(bearer))).patient_id for bearer in (patient, same, patient)
    }
    assert len(records) == 2
