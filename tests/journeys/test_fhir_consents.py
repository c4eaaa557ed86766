"""Consent through the FHIR API: the holder authorises, names, blocks and ends, with immediate effect."""

from typing import Any

import pytest

from client.fhir import FhirClient
from client.people import DemoPeople
from tests.support.fhir_client import fhir_client, refusal_in
from tests.support.people import Holder, activate_account, deposit_new, open_record

RPPS, FINESS = "urn:oid:1.2.250.1.71.4.2.1", "urn:oid:1.2.250.1.71.4.2.2"
MT = {"coding": [{"code": "mt"}]}


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> FhirClient:
    return fhir_client(demo, activate_account(demo, holder))


def consent(holder: Holder, system: str, number: str, type_: str = "permit", **more: Any) -> dict[str, Any]:
    actor = {"role": {"text": "destinataire"}, "reference": {"identifier": {"system": system, "value": number}}}
    period = {"period": {"end": more.pop("end")}} if "end" in more else {}
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"text": "x"},
        "category": [{"text": "x"}, *more.pop("category", [])],
        "patient": {"reference": f"Patient/{holder.record}"},
        "policyRule": {"text": "x"},
        "provision": {"type": type_, "actor": [actor], **period},
        **more,
    }


def test_an_authorisation_is_given_changed_and_ended(demo: DemoPeople, holder: Holder, patient: FhirClient) -> None:
    deposit_new(demo, holder)
    doctor = fhir_client(demo, demo.logged_in("specialist"))
    number = f"8{demo.professional('specialist').rpps}"
    path = f"DocumentReference?patient={holder.record}&status=current"
    assert refusal_in(doctor.get(path)) == (403, "consent.missing")
    reply = patient.post("Consent", consent(holder, RPPS, number))
    assert reply.status_code == 201, reply.text
    assert len(doctor.search_ids(path)) == 1
    created = reply.json()
    assert patient.search_ids(f"Consent?patient={holder.record}") == [created["id"]]
    assert patient.get(f"Consent/{created['id']}").json() == created
    until = "2026-12-31T00:00:00+01:00"
    later = patient.send("PUT", f"Consent/{created['id']}", json=consent(holder, RPPS, number, end=until))
    assert later.json()["provision"]["period"]["end"].startswith("2026-12-30T23:00")
    ended = {**consent(holder, RPPS, number), "status": "inactive"}
    assert patient.send("PUT", f"Consent/{created['id']}", json=ended).json()["status"] == "inactive"
    assert refusal_in(doctor.get(path)) == (403, "consent.missing")
    assert refusal_in(patient.get(f"Consent/{created['id']}")) == (404, "consent.unknown")


def test_team_medecin_traitant_and_block_are_distinct_kinds_of_consent(
    demo: DemoPeople, holder: Holder, patient: FhirClient
) -> None:
    doctor = demo.professional("specialist")
    for body in (
        consent(holder, FINESS, f"1{doctor.structure}"),
        consent(holder, RPPS, f"8{doctor.rpps}", category=[MT]),
    ):
        assert patient.post("Consent", body).status_code == 201
    blocked = patient.post("Consent", consent(holder, RPPS, f"8{demo.professional('hospital').rpps}", "deny"))
    assert blocked.json()["provision"]["type"] == "deny"
    path = f"Consent?patient={holder.record}"
    assert len(patient.get(f"{path}&_count=2").json()["entry"]) == 2
    assert patient.search_ids(f"{path}&_count=2") == patient.search_ids(path)
    assert refusal_in(patient.get(f"{path}&_cursor=x")) == (400, "request.invalid")
    kinds = {consent_id.split("-")[1] for consent_id in patient.search_ids(f"Consent?patient={holder.record}")}
    assert kinds == {"team", "mt", "block"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"status": "draft"}, 400),
        ({"provision": {"type": "permit"}}, 400),
        ({"provision": {"type": "permit", "actor": [{"role": {"text": "x"}, "reference": {"display": "x"}}]}}, 422),
        ({"patient": {"reference": "Patient/nobody"}}, 400),
        ({"colour": "blue"}, 400),
    ],
)
def test_an_invalid_consent_is_refused_and_not_stored(
    holder: Holder, patient: FhirClient, change: dict[str, Any], status: int
) -> None:
    assert refusal_in(patient.post("Consent", {**consent(holder, RPPS, "899990000070"), **change}))[0] == status
    assert patient.search_ids(f"Consent?patient={holder.record}") == []


def test_only_the_holder_writes_and_lists_consents(demo: DemoPeople, holder: Holder) -> None:
    number = f"8{demo.professional('specialist').rpps}"
    other = fhir_client(demo, activate_account(demo, open_record(demo)))
    assert refusal_in(other.post("Consent", consent(holder, RPPS, number)))[0] in {403, 404}
    assert refusal_in(other.get(f"Consent?patient={holder.record}"))[0] in {403, 404}
    doctor = fhir_client(demo, demo.logged_in("specialist"))
    assert refusal_in(doctor.post("Consent", consent(holder, RPPS, number))) == (403, "access.role")
