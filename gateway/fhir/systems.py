"""Conversion of codes and identifiers between HL7 v3 (OIDs) and FHIR (URLs, or urn:oid)."""

import re
from typing import Any

from contracts.cda import CdaIdentifier
from contracts.vocabulary import Coded

REFUSALS = "https://carnet.example/fhir/CodeSystem/refusals"
URI = "urn:ietf:rfc:3986"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
MARKS = "https://mos.esante.gouv.fr/NOS/TRE_A07-StatusVisibiliteDocument/FHIR/TRE-A07-StatusVisibiliteDocument"
LIST_TYPES = "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes"

_PDSM = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/"
_MHD = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/"
IS_ARCHIVED = _PDSM + "pdsm-ext-is-archived"
IS_DELETED = _PDSM + "pdsm-ext-is-deleted"
DOCUMENT_PROFILE = _PDSM + "pdsm-comprehensive-document-reference"
SUBMISSION_SET_PROFILE = _PDSM + "pdsm-submissionset-comprehensive"
DESIGNATION_TYPE = _MHD + "ihe-designationType"
SOURCE_ID = _MHD + "ihe-sourceId"
SOURCE_PATIENT = _MHD + "ihe-sourcePatientId"

_URLS = {
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.5.25": CONFIDENTIALITY,
    "2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
}
_OIDS = {url: oid for oid, url in _URLS.items()}
_OID, _UUID = "urn:oid:", "urn:uuid:"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def system_of(oid: str) -> str:
    """The FHIR system of an OID: its URL, or urn:oid."""
    return _URLS.get(oid) or (oid if ":" in oid else _OID + oid)


def oid_of(system: str) -> str:
    """The OID of a FHIR system; an unknown URL is returned as it is."""
    return _OIDS.get(system) or system.removeprefix(_OID)


def concept(code: Coded) -> dict[str, Any]:
    """A CodeableConcept with one coding."""
    return {
        "coding": [
            coding(
                code.code,
                system_of(code.system) if code.system else None,
                code.display,
            )
        ]
    }


def coding(code: str, system: str | None = None, display: str | None = None) -> dict[str, Any]:
    """A Coding, without the parts that are None."""
    return without_empty(system=system, code=code, display=display)


def identifier(hl7: CdaIdentifier) -> dict[str, Any]:
    """An Identifier; a root without extension becomes a URI, an extension without root has no system."""
    if not hl7.extension:
        return {"system": URI, "value": hl7.root if _SCHEME.match(hl7.root) else as_urn(hl7.root)}
    return without_empty(system=system_of(hl7.root) if hl7.root else None, value=hl7.extension)


def parse_identifier(sent: dict[str, Any]) -> CdaIdentifier:
    """The HL7 v3 identifier of an Identifier; one without a system has no root, unless its value is a URN."""
    system, value = str(sent.get("system", "")), str(sent.get("value", ""))
    if system == URI or (not system and value.startswith("urn:")):
        return CdaIdentifier(root=without_scheme(value))
    if not system:
        return CdaIdentifier(root="", extension=value)
    return CdaIdentifier(root=oid_of(system), extension=value)


def as_urn(unique_id: str) -> str:
    """A uniqueId or UUID as urn:oid or urn:uuid."""
    if unique_id.startswith(_UUID):
        return unique_id
    return (_UUID if "-" in unique_id.partition("^")[0] else _OID) + unique_id


def without_scheme(urn: str) -> str:
    """A uniqueId in its form in the record: without urn:oid or urn:uuid."""
    return urn.removeprefix(_OID).removeprefix(_UUID)


def without_empty(**values: Any) -> dict[str, Any]:
    """The values that are not empty: FHIR allows no null, no empty list and no empty object."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, ())}
