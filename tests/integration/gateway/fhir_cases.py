"""A valid request for every route of the FHIR API, and the RPC method it calls first."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.api import Method
from contracts.audit import Audit
from contracts.consent.api import Consent
from contracts.identity.api import Identity
from contracts.records.api import Records
from tests.integration.gateway.builders import DOCUMENT, PATIENT

ID = f"{UUID(str(PATIENT)).hex}{UUID(str(DOCUMENT)).hex}"
FORM = "application/x-www-form-urlencoded"
FHIR, PATCH = "application/fhir+json", "application/json-patch+json"
_SEARCH = f"patient={PATIENT}&status=current"
_INS = "identifier=urn:oid:1.2.250.1.213.1.4.10|285079999900158"
_PATCH_BODY = json.dumps([{"op": "replace", "path": "/extension/0/valueBoolean", "value": True}]).encode()
_DATA = b64encode(b"<a/>").decode()
_SUBJECT = {"reference": f"Patient/{PATIENT}"}
_REFERENCE: dict[str, Any] = {
    "resourceType": "DocumentReference",
    "status": "current",
    "subject": _SUBJECT,
    "content": [{"attachment": {"data": _DATA}}],
}
_LIST = {
    "resourceType": "List",
    "status": "current",
    "mode": "working",
    "subject": _SUBJECT,
    "entry": [{"item": {"reference": "urn:uuid:d"}}],
}
_TRANSACTION = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {"resource": _LIST, "request": {"method": "POST", "url": "List"}},
        {
            "fullUrl": "urn:uuid:d",
            "resource": _REFERENCE,
            "request": {"method": "POST", "url": "DocumentReference"},
        },
    ],
}


@dataclass(frozen=True)
class FhirCase:
    """One request; `method`: the RPC method it calls first."""

    verb: str
    path: str
    method: Method[Any, Any]
    body: bytes | None = None
    type: str = ""


def _searches(kind: str, query: str, method: Method[Any, Any]) -> list[FhirCase]:
    return [
        FhirCase("GET", f"/fhir/{kind}?{query}", method),
        FhirCase("POST", f"/fhir/{kind}/_search", method, query.encode(), FORM),
    ]


_PROFESSIONAL = {"identifier": {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "899990000070"}}
_CONSENT = {
    "resourceType": "Consent",
    "status": "active",
    "scope": {"text": "x"},
    "category": [{"text": "x"}],
    "policyRule": {"text": "x"},
    "patient": _SUBJECT,
    "provision": {"type": "permit", "actor": [{"role": {"text": "x"}, "reference": _PROFESSIONAL}]},
}
_DECISION = f"/fhir/Consent/{UUID(str(PATIENT)).hex}-permit-99990000070"

FHIR_CASES = [
    *_searches("Consent", f"patient={PATIENT}", Consent.list_authorisations),
    FhirCase("GET", _DECISION, Consent.list_authorisations),
    FhirCase("POST", "/fhir/Consent", Consent.give_authorisation, json.dumps(_CONSENT).encode(), FHIR),
    FhirCase("PUT", _DECISION, Consent.give_authorisation, json.dumps(_CONSENT).encode(), FHIR),
    *_searches("DocumentReference", _SEARCH, Records.search_documents),
    *_searches("List", _SEARCH, Records.search_lots),
    *_searches("Patient", _INS, Records.find_record),
    FhirCase("GET", f"/fhir/Patient/{PATIENT}", Identity.read_person),
    *_searches("AuditEvent", f"patient={PATIENT}", Audit.read_journal),
    FhirCase("GET", f"/fhir/DocumentReference/{ID}", Records.read_entry),
    FhirCase("GET", f"/fhir/List/{ID}", Records.search_lots),
    FhirCase("GET", f"/fhir/Binary/{ID}", Records.open_content),
    FhirCase("PATCH", f"/fhir/DocumentReference/{ID}", Records.change_document, _PATCH_BODY, PATCH),
    FhirCase("PATCH", "/fhir/DocumentReference?identifier=1.2.3", Records.change_document, _PATCH_BODY, PATCH),
    FhirCase("POST", "/fhir/DocumentReference", Records.prepare_lot, json.dumps(_REFERENCE).encode(), FHIR),
    FhirCase("POST", "/fhir", Records.prepare_lot, json.dumps(_TRANSACTION).encode(), FHIR),
]
