"""What a doctor does to treat a minor secretly, from the search on, shows their name to no representative."""

import pytest

from client.api_client import ApiClient
from client.people import DemoPeople
from contracts.consent.authorisations import AuthorisationStatus
from deploy.dev.stack import Stack
from tests.journeys.test_law_minors import IN_SECRET, SECRET, Family, make_family
from tests.support.clock import run_sql
from tests.support.fhir_client import fhir_client
from tests.support.journal_and_notices import expect_notices, notice_codes, wait_for_line, whole_journal
from tests.support.people import authorised_doctor, deposit_new, open_record
from tests.support.refusals import expect_refusal


@pytest.fixture
def family(platform: Stack, demo: DemoPeople) -> Family:
    family = make_family(platform, demo)
    # What came before the test has arrived, or it would look like what the test did.
    expect_notices(family.parent, family.child.record, "COMPTE_ACTIVE")
    return family


def shown_to(demo: DemoPeople, person: ApiClient, record: str) -> str:
    """Everything a person reads about who may do what, and who did what, but for what they did themselves."""
    others = [line for line in whole_journal(person, record) if line.actor_role != "patient"]
    consents = fhir_client(demo, person).get(f"Consent?patient={record}").json()
    return f"{person.circle(record)} {consents.get('entry')} {others} {notice_codes(person, record)}"


def test_search_authorisation_and_reading_in_secret_are_shown_to_the_minor_alone(
    demo: DemoPeople, family: Family
) -> None:
    record, patient = family.child.record, family.child.patient
    before = shown_to(demo, family.parent, record)
    doctor, rpps = demo.logged_in("specialist"), demo.professional("specialist").rpps
    doctor.find_by_traits(family_name=patient.family_name, birth_date=patient.birth_date.isoformat(), secret=True)
    doctor.find_record(patient.ins.matricule, patient.ins.oid, secret=True)
    authorised_doctor(demo, family.child, **IN_SECRET)
    found = doctor.find_record(patient.ins.matricule, patient.ins.oid, secret=True)
    assert found.authorisation is AuthorisationStatus.VALID
    doctor.list_documents(record, **IN_SECRET)
    for act in ("recherche_dossier", "ajout_autorisation", "consultation_liste"):
        wait_for_line(family.minor, record, act, actor_role="professional")
    assert [authorisation.rpps for authorisation in family.minor.circle(record).authorisations] == [rpps]
    assert rpps in str(family.minor.circle(record).said)
    assert shown_to(demo, family.parent, record) == before
    assert rpps not in before


def test_a_secret_authorisation_permits_reading_in_the_secret_connection_only(
    demo: DemoPeople, family: Family
) -> None:
    record, patient = family.child.record, family.child.patient
    document = deposit_new(demo, family.child, SECRET, **IN_SECRET)
    doctor = authorised_doctor(demo, family.child, **IN_SECRET)
    assert doctor.download(record, document, **IN_SECRET)
    expect_refusal("consent.missing", 403, doctor.list_documents, record)
    openly = doctor.find_record(patient.ins.matricule, patient.ins.oid)
    assert openly.authorisation is AuthorisationStatus.NONE
    assert record in [str(found.patient_id) for found in doctor.my_records(count="100").records]


def test_a_parents_decisions_about_the_same_doctor_work_as_if_they_were_alone(
    platform: Stack, demo: DemoPeople, family: Family
) -> None:
    record, parent, rpps = family.child.record, family.parent, demo.professional("specialist").rpps
    doctor = authorised_doctor(demo, family.child, **IN_SECRET)
    parent.authorise(record, rpps)
    assert [authorisation.rpps for authorisation in parent.circle(record).authorisations] == [rpps]
    run_sql(
        platform,
        "consent",
        "UPDATE facts SET until = until - interval '90 days' WHERE patient_id = %(record)s",
        record=record,
    )
    before = parent.circle(record)
    doctor.list_documents(record, **IN_SECRET)
    assert parent.circle(record) == before, "the secret reading prolonged what the parent gave"
    parent.end_authorisation(record, rpps)
    expect_refusal("consent.missing", 403, doctor.list_documents, record)
    assert doctor.list_documents(record, **IN_SECRET)
    parent.block(record, rpps)
    expect_refusal("consent.blocked", 403, doctor.list_documents, record, **IN_SECRET)
    parent.unblock(record, rpps)
    assert doctor.list_documents(record, **IN_SECRET)
    family.minor.end_authorisation(record, rpps)
    expect_refusal("consent.missing", 403, doctor.list_documents, record, **IN_SECRET)


def test_nothing_is_secret_about_an_adult(demo: DemoPeople) -> None:
    adult = open_record(demo)
    doctor, ins = demo.logged_in("specialist"), adult.patient.ins
    expect_refusal("access.not_a_minor", 403, doctor.find_record, ins.matricule, ins.oid, secret=True)
    traits = {"family_name": adult.patient.family_name, "birth_date": adult.patient.birth_date.isoformat()}
    expect_refusal("access.not_a_minor", 403, doctor.find_by_traits, **traits, secret=True)
    proof = demo.vitale_proof(adult.card)
    expect_refusal("access.not_a_minor", 403, doctor.declare_consent, adult.record, proof, **IN_SECRET)
    assert doctor.declare_consent(adult.record, proof)
