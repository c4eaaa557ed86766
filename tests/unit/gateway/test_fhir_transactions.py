"""A submission set is of one patient, in however many of its resources that patient comes along."""

from typing import Any

from contracts.vocabulary import OID_NIR
from gateway.fhir.transactions import subjects_in

INS = {"system": f"urn:oid:{OID_NIR}", "value": "255069934123456"}


def with_patient(number: int) -> dict[str, Any]:
    """A resource that contains its subject, under a name of its own."""
    local = {"system": "urn:oid:1.2.3", "value": str(number)}
    patient = {"resourceType": "Patient", "id": f"p{number}", "identifier": [local, INS]}
    return {"subject": {"reference": f"#p{number}"}, "contained": [patient]}


def test_a_patient_who_is_contained_in_each_document_is_one() -> None:
    by_id = {"subject": {"reference": "Patient/1"}}
    assert subjects_in([*map(with_patient, range(20)), by_id, by_id, {}], {}) == [
        {"identifier": INS},
        {"reference": "Patient/1"},
    ]
