"""Consent through the FHIR door: the holder authorises, names, blocks and ends, and it counts at once."""

from typing import Any

import pytest

from cli.demo.people import DemoPeople
from tests.support.fhir_client import FhirClient, issue
from tests.support.people import Holder, activate, deposited, open_record

RPPS, FINESS = "urn:oid:1.2.250.1.71.4.2.1", "urn:oid:1.2.250.1.71.4.2.2"
MT = {"coding": [{"code": "mt"}]}


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> FhirClient:
    return FhirClient(demo, activate(demo, holder))


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
    deposited(demo, holder)
    doctor = FhirClient(demo, demo.logged_in("specialist"))
    number = f"8{demo.professional('specialist').rpps}"
    path = f"DocumentReference?patient={holder.record}&status=current"
    assert issue(doctor.get(path)) == (403, "consent.missing")
    made = patient.post("Consent", consent(holder, RPPS, number))
    assert made.status_code == 201, made.text
    assert len(doctor.found(path)) == 1
    resource = made.json()
    assert patient.found(f"Consent?patient={holder.record}") == [resource["id"]]
    assert patient.get(f"Consent/{resource['id']}").json() == resource
    until = "2026-12-31T00:00:00+01:00"
    later = patient.send("PUT", f"Consent/{resource['id']}", json=consent(holder, RPPS, number, end=until))
    assert later.json()["provision"]["period"]["end"].startswith("2026-12-30T23:00")
    ended = {**consent(holder, RPPS, number), "status": "inactive"}
    assert patient.send("PUT", f"Consent/{resource['id']}", json=ended).json()["status"] == "inactive"
    assert issue(doctor.get(path)) == (403, "consent.missing")
    assert issue(patient.get(f"Consent/{resource['id']}")) == (404, "consent.unknown")


def test_a_team_a_medecin_traitant_and_a_block_are_told_apart(
    demo: DemoPeople, holder: Holder, patient: FhirClient
) -> None:
    doctor = demo.professional("specialist")
    for resource in (
        consent(holder, FINESS, f"1{doctor.structure}"),
        consent(holder, RPPS, f"8{doctor.rpps}", category=[MT]),
    ):
        assert patient.post("Consent", resource).status_code == 201
    blocked = patient.post("Consent", consent(holder, RPPS, f"8{demo.professional('hospital').rpps}", "deny"))
    assert blocked.json()["provision"]["type"] == "deny"
    kinds = {one.split("-")[1] for one in patient.found(f"Consent?patient={holder.record}")}
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
def test_what_cannot_be_read_is_refused(
    holder: Holder, patient: FhirClient, change: dict[str, Any], status: int
) -> None:
    assert issue(patient.post("Consent", {**consent(holder, RPPS, "899990000070"), **change}))[0] == status
    assert patient.found(f"Consent?patient={holder.record}") == []


def test_nobody_decides_for_another(demo: DemoPeople, holder: Holder) -> None:
    number = f"8{demo.professional('specialist').rpps}"
    other = FhirClient(demo, activate(demo, open_record(demo)))
    assert issue(other.post("Consent", consent(holder, RPPS, number)))[0] in {403, 404}
    assert issue(other.get(f"Consent?patient={holder.record}"))[0] in {403, 404}
    doctor = FhirClient(demo, demo.logged_in("specialist"))
    assert issue(doctor.post("Consent", consent(holder, RPPS, number))) == (403, "access.role")
