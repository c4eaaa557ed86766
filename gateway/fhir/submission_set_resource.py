"""A lot of a record as a List (SubmissionSet)."""

from typing import Any

from contracts.cda import CdaIdentifier
from contracts.records import SubmissionSetEntry
from contracts.vocabulary import PatientId
from gateway.fhir import systems
from gateway.fhir.document_resource import instant, person, source_patient, subject, uri_identifier
from gateway.fhir.ids import write_id
from gateway.fhir.systems import present


def submission_set_resource(patient_id: PatientId, lot: SubmissionSetEntry) -> dict[str, Any]:
    """The List; its entries are the documents its reader may see, and no others."""
    facts = lot.facts
    contained = [source_patient(facts.patient)] if facts.patient else []
    if facts.author:
        contained += person(facts.author, "author")
    return present(
        resourceType="List",
        id=write_id(patient_id, lot.lot_id),
        meta={"lastUpdated": instant(lot.deposited_at), "profile": [systems.SUBMISSION_SET_PROFILE]},
        contained=contained,
        extension=_extensions(lot),
        identifier=[{**uri_identifier(lot.unique_id), "use": "usual"}],
        status="current",
        mode="working",
        title=facts.title,
        code={"coding": [{"system": systems.LIST_TYPES, "code": "submissionset"}]},
        subject=subject(patient_id),
        date=instant(lot.submitted_at),
        source={"reference": f"#{contained[-1]['id']}"} if facts.author else None,
        note=[{"text": facts.comments}] if facts.comments else None,
        entry=[
            {"item": {"reference": f"DocumentReference/{write_id(patient_id, document_id)}"}}
            for document_id in lot.documents
        ],
    )


def _extensions(lot: SubmissionSetEntry) -> list[dict[str, Any]]:
    facts, found = lot.facts, []
    if facts.content_type:
        found.append({"url": systems.DESIGNATION_TYPE, "valueCodeableConcept": systems.concept(facts.content_type)})
    if facts.source_id:
        source = systems.identifier(CdaIdentifier(root=facts.source_id))
        found.append({"url": systems.SOURCE_ID, "valueIdentifier": source})
    if facts.patient:
        found.append({"url": systems.SOURCE_PATIENT, "valueReference": {"reference": "#source-patient"}})
    return found
