"""The CapabilityStatement, computed from the declarations of the resources."""

from typing import Any

from litestar import Response, get

from gateway.clients import ApiRequest
from gateway.fhir import audit_events, binaries, consents, documents, lists, patients, transactions
from gateway.fhir.request_parsing import base_of
from gateway.fhir.resources import ResourceDeclaration
from gateway.fhir.responses import check_acceptable, fhir_response
from gateway.guards import PUBLIC, ROLES
from gateway.oauth.discovery import endpoints

DECLARATIONS: tuple[ResourceDeclaration, ...] = (
    audit_events.DECLARATION,
    binaries.DECLARATION,
    consents.DECLARATION,
    documents.DECLARATION,
    lists.DECLARATION,
    patients.DECLARATION,
)
_NO_XML = "JSON only: a request for FHIR XML is answered 406, a resource in FHIR XML 415."
_PUBLISHED = "2026-11-27"
_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_RECIPIENT = "https://profiles.ihe.net/ITI/MHD/CapabilityStatement/IHE.MHD.DocumentRecipient"
_RESPONDER = "https://profiles.ihe.net/ITI/MHD/CapabilityStatement/IHE.MHD.DocumentResponder"


@get("/fhir/metadata", opt={ROLES: PUBLIC}, include_in_schema=False)
async def read_capability(request: ApiRequest) -> Response[bytes]:
    check_acceptable(request)
    return fhir_response(capability(request.clients.settings.public_url, base_of(request)))


def capability(public_url: str, base: str) -> dict[str, Any]:
    """The CapabilityStatement of the FHIR API at `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "carnet",
        "url": f"{base}/metadata",
        "name": "Carnet",
        "title": "Carnet",
        "status": "active",
        "date": _PUBLISHED,
        "kind": "instance",
        "instantiates": [_RESPONDER, _RECIPIENT],
        "software": {"name": "Carnet"},
        "implementation": {"description": "Carnet, dossier médical partagé", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [
            {
                "mode": "server",
                "documentation": _NO_XML,
                "security": _security(public_url),
                "interaction": [{"code": "transaction"}],
                "resource": [declaration.capability() for declaration in DECLARATIONS],
            }
        ],
    }


def _security(public_url: str) -> dict[str, Any]:
    uris = [{"url": name, "valueUri": uri} for name, uri in endpoints(public_url).items()]
    return {
        "cors": True,
        "service": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                        "code": "SMART-on-FHIR",
                    }
                ]
            }
        ],
        "extension": [{"url": _OAUTH_URIS, "extension": uris}],
    }


PUBLIC_ROUTES = [read_capability]
ROUTES = transactions.ROUTES + [handler for declaration in DECLARATIONS for handler in declaration.routes()]
