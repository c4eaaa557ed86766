"""Rendering of a submission set as a List."""

from typing import Any

from contracts.cda import CdaIdentifier
from contracts.records.submission_sets import SubmissionSetEntry
from contracts.vocabulary import PatientId
from gateway.fhir import systems
from gateway.fhir.document_resource import instant, person, source_patient, subject, uri_identifier
from gateway.fhir.ids import write_id
from gateway.fhir.systems import without_empty


def submission_set_resource(patient_id: PatientId, submission_set: SubmissionSetEntry) -> dict[str, Any]:
    """Render the List; its entries are only the documents its reader may see."""
    metadata = submission_set.facts
    contained = [source_patient(metadata.patient)] if metadata.patient else []
    if metadata.author:
        contained += person(metadata.author, "author")
    return without_empty(
        resourceType="List",
        id=write_id(patient_id, submission_set.lot_id),
        meta={"lastUpdated": instant(submission_set.deposited_at), "profile": [systems.SUBMISSION_SET_PROFILE]},
        contained=contained,
        extension=_extensions(submission_set),
        identifier=[{**uri_identifier(submission_set.unique_id), "use": "usual"}],
        status="current",
        mode="working",
        title=metadata.title,
        code={"coding": [{"system": systems.LIST_TYPES, "code": "submissionset"}]},
        subject=subject(patient_id),
        date=instant(submission_set.submitted_at),
        source={"reference": f"#{contained[-1]['id']}"} if metadata.author else None,
        note=[{"text": metadata.comments}] if metadata.comments else None,
        entry=[
            {"item": {"reference": f"DocumentReference/{write_id(patient_id, document_id)}"}}
            for document_id in submission_set.documents
        ],
    )


def _extensions(submission_set: SubmissionSetEntry) -> list[dict[str, Any]]:
    metadata, extensions = submission_set.facts, []
    if metadata.content_type:
        extensions.append(
            {"url": systems.DESIGNATION_TYPE, "valueCodeableConcept": systems.concept(metadata.content_type)}
        )
    if metadata.source_id:
        source = systems.identifier(CdaIdentifier(root=metadata.source_id))
        extensions.append({"url": systems.SOURCE_ID, "valueIdentifier": source})
    if metadata.patient:
        extensions.append({"url": systems.SOURCE_PATIENT, "valueReference": {"reference": "#source-patient"}})
    return extensions
