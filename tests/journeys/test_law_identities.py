"""INS, by opening a record: a right key opens under every list, a wrong one under lists of test identities only."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from cli.demo.people import DemoPeople
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins
from deploy.dev.people import Patient
from tests.support.people import new_patient, with_wrong_key
from tests.support.refusing import expect

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "derived" / "nir_vectors.csv"

RIGHT = ("255081416802538", "284052A32102552", "284052B32102579", "279035121518989")
WRONG = ("221042545611404", "224027511583555", "284052A32102579", "284052C32102552", "28405203210255", "")


def opened(demo: DemoPeople, patient: Patient) -> str:
    """The status of the record this card opens."""
    agent = demo.logged_in("pharmacist")
    return str(agent.open_record(demo.vitale_proof(demo.card_for(patient)))["status"])


def bearing(matricule: str, oid: str = OID_NIR) -> Patient:
    return replace(new_patient(), ins=Ins(matricule, oid))


@pytest.mark.parametrize("oid", [OID_NIR, OID_NIA, OID_TEST, OID_DEMO])
def test_a_right_key_opens_under_every_list(demo: DemoPeople, oid: str) -> None:
    patient = new_patient(oid=oid)
    assert opened(demo, patient) == "active"
    assert demo.logged_in("pharmacist").find_record(patient.ins.matricule, oid)["record"]["status"] == "active"


@pytest.mark.parametrize("oid", [OID_NIR, OID_NIA])
def test_a_wrong_key_of_a_real_identity_opens_nothing(demo: DemoPeople, oid: str) -> None:
    patient = with_wrong_key(new_patient(oid=oid))
    expect("ins.invalid", 400, opened, demo, patient)
    expect("ins.invalid", 400, demo.logged_in("pharmacist").find_record, patient.ins.matricule, oid)


@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
def test_a_wrong_key_of_a_test_identity_opens_where_they_are_admitted(demo: DemoPeople, oid: str) -> None:
    assert opened(demo, with_wrong_key(new_patient(oid=oid))) == "active"


@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.12", "", "1.2.250.1.213.1.4"])
def test_a_list_nobody_issues_opens_nothing(demo: DemoPeople, oid: str) -> None:
    expect("ins.invalid", 400, opened, demo, replace(patient := new_patient(), ins=Ins(patient.ins.matricule, oid)))


@pytest.mark.parametrize("matricule", RIGHT)
def test_right_keys_corsica_among_them(demo: DemoPeople, matricule: str) -> None:
    assert opened(demo, bearing(matricule)) == "active"


@pytest.mark.parametrize("matricule", WRONG)
def test_wrong_keys_and_shapes(demo: DemoPeople, matricule: str) -> None:
    expect("ins.invalid", 400, opened, demo, bearing(matricule))


@pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors are not beside this checkout")
def test_the_national_vectors(demo: DemoPeople) -> None:
    with VECTORS.open() as file:
        vectors = list(csv.DictReader(one for one in file if not one.startswith("#")))
    assert {one["valid"] for one in vectors} == {"true", "false"}
    for vector in vectors:
        patient = bearing(vector["nir"])
        if vector["valid"] == "true":
            assert opened(demo, patient) == "active", vector
        else:
            expect("ins.invalid", 400, opened, demo, patient)


def test_one_number_under_two_lists_is_two_people(demo: DemoPeople) -> None:
    patient, agent = new_patient(oid=OID_NIR), demo.logged_in("pharmacist")
    same = replace(patient, ins=Ins(patient.ins.matricule, OID_TEST))
    records = {
        agent.open_record(demo.vitale_proof(demo.card_for(one)))["patient_id"] for one in (patient, same, patient)
    }
    assert len(records) == 2
