"""A document of a record as a DocumentReference."""

from base64 import b64encode
from datetime import datetime
from typing import Any

from contracts.cda import CdaAuthor, CdaIdentifier, CdaOrganisation
from contracts.codes import document_classes
from contracts.records import Entry
from contracts.vocabulary import Coded, DocumentStatus, PatientId
from gateway.fhir import systems
from gateway.fhir.ids import write_id
from gateway.fhir.systems import present

_STATUS = {DocumentStatus.SUPERSEDED: "superseded"}
CDA = "text/xml"
_FHIR_CDA = "application/xml"


def document_resource(patient_id: PatientId, entry: Entry) -> dict[str, Any]:
    """The DocumentReference; `extension` always holds whether it is archived, then whether it is deleted."""
    document, facts = entry.document, entry.facts
    contained, references = _people(entry)
    return present(
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
        type=systems.concept(facts.type),
        category=[systems.concept(_class_of(document.class_code))],
        subject=subject(patient_id),
        date=instant(document.deposited_at),
        author=[references[id(author)] for author in facts.authors],
        authenticator=references.get(id(facts.authenticator)),
        custodian=references.get(id(facts.custodian)),
        relatesTo=_parent(document.replaces),
        description=facts.comments,
        securityLabel=[_label(code) for code in labels_of(entry)],
        content=[_content(patient_id, entry)],
        context=_context(entry, has_source=bool(facts.patient)),
    )


def instant(moment: datetime) -> str:
    """A moment as FHIR writes it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds")


def uri_identifier(unique_id: str) -> dict[str, Any]:
    """An identifier that is a URI."""
    return {"use": "usual", "system": systems.URI, "value": systems.as_urn(unique_id)}


def subject(patient_id: PatientId) -> dict[str, Any]:
    """The record's holder: by pseudonym, for no identity stands in an address."""
    return {"reference": f"Patient/{patient_id}"}


def labels_of(entry: Entry) -> tuple[str, ...]:
    """Confidentiality, then marks: the places in this list are those a change may name."""
    return (entry.facts.confidentiality, *(mark.value for mark in entry.document.visibility))


def _label(code: str) -> dict[str, Any]:
    return {"coding": [{"system": systems.CONFIDENTIALITY if len(code) == 1 else systems.MARKS, "code": code}]}


def _class_of(code: str) -> Coded:
    known = document_classes().get(code)
    return Coded(code, systems.CLASSES, known.fr if known else None)


def _parent(replaces: str | None) -> list[dict[str, Any]]:
    if replaces is None:
        return []
    return [{"code": "replaces", "target": {"identifier": uri_identifier(replaces)}}]


def _content(patient_id: PatientId, entry: Entry) -> dict[str, Any]:
    document = entry.document
    attachment = present(
        contentType=_FHIR_CDA if document.media_type == CDA else document.media_type,
        language=document.language,
        url=f"Binary/{write_id(patient_id, document.document_id)}",
        size=document.size,
        hash=b64encode(bytes.fromhex(document.sha1)).decode() if _is_hex(document.sha1) else None,
        title=document.title,
        creation=instant(document.created_at),
    )
    system = systems.IHE_FORMATS if document.format_code.startswith("urn:ihe:") else systems.FRENCH_FORMATS
    return {"attachment": attachment, "format": systems.coding(document.format_code, system)}


def _is_hex(digest: str) -> bool:
    return len(digest) % 2 == 0 and all(digit in "0123456789abcdef" for digit in digest)


def _context(entry: Entry, *, has_source: bool) -> dict[str, Any]:
    facts = entry.facts
    return present(
        event=[systems.concept(event) for event in facts.events],
        period=present(
            start=instant(facts.service_start) if facts.service_start else None,
            end=instant(facts.service_stop) if facts.service_stop else None,
        ),
        facilityType=systems.concept(facts.facility) if facts.facility else None,
        practiceSetting=systems.concept(facts.setting) if facts.setting else None,
        sourcePatientInfo={"reference": "#source-patient"} if has_source else None,
    )


def _people(entry: Entry) -> tuple[list[dict[str, Any]], dict[int, dict[str, Any]]]:
    """Whom the document names, as contained resources, and the references to them."""
    facts = entry.facts
    contained: list[dict[str, Any]] = []
    references: dict[int, dict[str, Any]] = {}
    for number, author in enumerate(facts.authors, start=1):
        contained += person(author, f"author-{number}")
        references[id(author)] = {"reference": f"#{contained[-1]['id']}"}
    if facts.authenticator is not None:
        contained += person(facts.authenticator, "authenticator")
        references[id(facts.authenticator)] = {"reference": f"#{contained[-1]['id']}"}
    if facts.custodian is not None:
        contained.append(_organisation(facts.custodian, "custodian"))
        references[id(facts.custodian)] = {"reference": "#custodian"}
    if facts.patient:
        contained.append(source_patient(facts.patient))
    return contained, references


def source_patient(identifiers: tuple[CdaIdentifier, ...]) -> dict[str, Any]:
    """The patient as the source knows them."""
    return {
        "resourceType": "Patient",
        "id": "source-patient",
        "identifier": [systems.identifier(one) for one in identifiers],
    }


def person(author: CdaAuthor, name: str) -> list[dict[str, Any]]:
    """Who wrote or signed, what they refer to first and themselves last: a device, or somebody in a role."""
    if author.device_name and not author.family_name:
        device = present(
            resourceType="Device",
            id=name,
            identifier=[systems.identifier(author.identifier)] if author.identifier else None,
            deviceName=[{"name": author.device_name, "type": "model-name"}],
        )
        return [device]
    practitioner = present(
        resourceType="Practitioner",
        id=f"{name}-person",
        identifier=[systems.identifier(author.identifier)] if author.identifier else None,
        name=_human_name(author),
    )
    found = [practitioner]
    structure = present(
        identifier=[systems.identifier(author.structure)] if author.structure else None, name=author.structure_name
    )
    if structure:
        found.append({"resourceType": "Organization", "id": f"{name}-structure", **structure})
    role = present(
        resourceType="PractitionerRole",
        id=name,
        practitioner={"reference": f"#{name}-person"},
        organization={"reference": f"#{name}-structure"} if structure else None,
        specialty=[{"coding": [systems.coding(author.specialty)]}] if author.specialty else None,
    )
    return [*found, role]


def _human_name(author: CdaAuthor) -> list[dict[str, Any]]:
    name = present(family=author.family_name, given=[author.given_name] if author.given_name else None)
    return [name] if name else []


def _organisation(custodian: CdaOrganisation, name: str) -> dict[str, Any]:
    # FHIR wants an organisation to have a name or a number (org-1).
    named = custodian.name or (None if custodian.identifier else "?")
    return present(
        resourceType="Organization",
        id=name,
        identifier=[systems.identifier(custodian.identifier)] if custodian.identifier else None,
        name=named,
    )
