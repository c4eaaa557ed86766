"""Rendering of a document of a record as a DocumentReference."""

from base64 import b64encode
from datetime import datetime
from typing import Any

from contracts.cda import CdaAuthor, CdaIdentifier, CdaOrganisation
from contracts.codes.documents import document_classes
from contracts.codes.systems import CLASSES, system_of_format
from contracts.records.entries import DocumentEntry
from contracts.vocabulary import Coded, DocumentStatus, PatientId
from gateway.fhir import systems
from gateway.fhir.ids import write_id
from gateway.fhir.systems import without_empty

_STATUS = {DocumentStatus.SUPERSEDED: "superseded"}
CDA = "text/xml"
_FHIR_CDA = "application/xml"


def document_resource(base: str, patient_id: PatientId, entry: DocumentEntry) -> dict[str, Any]:
    """Render the entry; `base`: URL of the FHIR API.

    `extension` is always isArchived, isDeleted, in the order that patches rely on.
    """
    document, metadata = entry.document, entry.facts
    contained, references = _people(entry)
    return without_empty(
        resourceType="DocumentReference",
        id=write_id(patient_id, document.document_id),
        meta={
            "versionId": str(document.version),
            "lastUpdated": instant(entry.changed_at),
            "profile": [systems.DOCUMENT_PROFILE],
        },
        contained=contained,
        extension=[
            {"url": systems.IS_ARCHIVED, "valueBoolean": document.status is DocumentStatus.ARCHIVED},
            {"url": systems.IS_DELETED, "valueBoolean": False},
        ],
        masterIdentifier=uri_identifier(document.unique_id),
        identifier=[uri_identifier(document.entry_uuid), uri_identifier(str(document.document_id))],
        status=_STATUS.get(document.status, "current"),
        type=systems.concept(metadata.type),
        category=[systems.concept(_class_of(document.class_code))],
        subject=subject(patient_id),
        date=instant(document.deposited_at),
        author=[references[id(author)] for author in metadata.authors],
        authenticator=references.get(id(metadata.authenticator)),
        custodian=references.get(id(metadata.custodian)),
        relatesTo=_parent(document.replaces),
        description=metadata.comments,
        securityLabel=[_label(code) for code in labels_of(entry)],
        content=[_content(base, patient_id, entry)],
        context=_context(entry, has_source=bool(metadata.patient)),
    )


def instant(moment: datetime) -> str:
    """A FHIR instant, in milliseconds."""
    return moment.isoformat(timespec="milliseconds")


def uri_identifier(unique_id: str) -> dict[str, Any]:
    """An identifier that is a URI."""
    return {"use": "usual", "system": systems.URI, "value": systems.as_urn(unique_id)}


def subject(patient_id: PatientId) -> dict[str, Any]:
    """Reference to the record's holder by pseudonym, since an identity must not be part of a URL."""
    return {"reference": f"Patient/{patient_id}"}


def labels_of(entry: DocumentEntry) -> tuple[str, ...]:
    """Confidentiality, then visibility codes; a patch refers to them by their index in this list."""
    return (entry.facts.confidentiality, *(code.value for code in entry.document.visibility))


def _label(code: str) -> dict[str, Any]:
    return {"coding": [{"system": systems.CONFIDENTIALITY if len(code) == 1 else systems.MARKS, "code": code}]}


def _class_of(code: str) -> Coded:
    known = document_classes().get(code)
    return Coded(code, CLASSES, known.fr if known else None)


def _parent(replaces: str | None) -> list[dict[str, Any]]:
    if replaces is None:
        return []
    return [{"code": "replaces", "target": {"identifier": uri_identifier(replaces)}}]


def _content(base: str, patient_id: PatientId, entry: DocumentEntry) -> dict[str, Any]:
    document = entry.document
    attachment = without_empty(
        contentType=fhir_media_type(document.media_type),
        language=document.language,
        url=f"{base}/Binary/{write_id(patient_id, document.document_id)}",
        size=document.size,
        hash=b64encode(bytes.fromhex(document.sha1)).decode() if _is_hex(document.sha1) else None,
        title=document.title,
        creation=entry.facts.created_on or instant(document.created_at),
    )
    format_ = systems.coding(document.format_code, system_of_format(document.format_code))
    return {"attachment": attachment, "format": format_}


def fhir_media_type(media_type: str) -> str:
    """The media type of a document in this API, where a CDA is application/xml, as in the national profile."""
    return _FHIR_CDA if media_type == CDA else media_type


def _is_hex(digest: str) -> bool:
    return len(digest) % 2 == 0 and all(digit in "0123456789abcdef" for digit in digest)


def _context(entry: DocumentEntry, *, has_source: bool) -> dict[str, Any]:
    metadata = entry.facts
    return without_empty(
        event=[systems.concept(event) for event in metadata.events],
        period=without_empty(
            start=metadata.service_start_on or (instant(metadata.service_start) if metadata.service_start else None),
            end=metadata.service_stop_on or (instant(metadata.service_stop) if metadata.service_stop else None),
        ),
        facilityType=systems.concept(metadata.facility) if metadata.facility else None,
        practiceSetting=systems.concept(metadata.setting) if metadata.setting else None,
        sourcePatientInfo={"reference": "#source-patient"} if has_source else None,
    )


def _people(entry: DocumentEntry) -> tuple[list[dict[str, Any]], dict[int, dict[str, Any]]]:
    """The people and organisations of a document as contained resources, and references to them by object id."""
    metadata = entry.facts
    contained: list[dict[str, Any]] = []
    references: dict[int, dict[str, Any]] = {}
    for number, author in enumerate(metadata.authors, start=1):
        contained += person(author, f"author-{number}")
        references[id(author)] = {"reference": f"#{contained[-1]['id']}"}
    if metadata.authenticator is not None:
        contained += person(metadata.authenticator, "authenticator")
        references[id(metadata.authenticator)] = {"reference": f"#{contained[-1]['id']}"}
    if metadata.custodian is not None:
        contained.append(_organisation(metadata.custodian, "custodian"))
        references[id(metadata.custodian)] = {"reference": "#custodian"}
    if metadata.patient:
        contained.append(source_patient(metadata.patient))
    return contained, references


def source_patient(identifiers: tuple[CdaIdentifier, ...]) -> dict[str, Any]:
    """The patient with the identifiers of the source system."""
    return {
        "resourceType": "Patient",
        "id": "source-patient",
        "identifier": [systems.identifier(identifier) for identifier in identifiers],
    }


def person(author: CdaAuthor, name: str) -> list[dict[str, Any]]:
    """A device, an organisation, the patient, or a PractitionerRole after those it refers to; the author is last."""
    identifiers = [systems.identifier(each) for each in (author.identifier, *author.other_identifiers) if each]
    structure = without_empty(
        identifier=[systems.identifier(author.structure)] if author.structure else None, name=author.structure_name
    )
    if author.device_name and not author.family_name:
        names = [{"name": author.device_name, "type": "model-name"}]
        return [without_empty(resourceType="Device", id=name, identifier=identifiers, deviceName=names)]
    if structure and not (identifiers or _human_name(author)):
        return [{"resourceType": "Organization", "id": name, **structure}]
    if author.is_patient:
        return [without_empty(resourceType="Patient", id=name, identifier=identifiers, name=_human_name(author))]
    practitioner = without_empty(
        resourceType="Practitioner", id=f"{name}-person", identifier=identifiers, name=_human_name(author)
    )
    parts = [practitioner]
    if structure:
        parts.append({"resourceType": "Organization", "id": f"{name}-structure", **structure})
    role = without_empty(
        resourceType="PractitionerRole",
        id=name,
        practitioner={"reference": f"#{name}-person"},
        organization={"reference": f"#{name}-structure"} if structure else None,
        specialty=[{"coding": [systems.coding(author.specialty)]}] if author.specialty else None,
    )
    return [*parts, role]


def _human_name(author: CdaAuthor) -> list[dict[str, Any]]:
    given = [name for name in (author.given_name, *author.more_given_names) if name]
    name = without_empty(family=author.family_name, given=given, text=author.display)
    return [name] if name else []


def _organisation(custodian: CdaOrganisation, name: str) -> dict[str, Any]:
    # FHIR requires a name or an identifier (constraint org-1).
    named = custodian.name or (None if custodian.identifier else "?")
    return without_empty(
        resourceType="Organization",
        id=name,
        identifier=[systems.identifier(custodian.identifier)] if custodian.identifier else None,
        name=named,
    )
