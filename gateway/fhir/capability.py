"""What this door can do, computed from what is there."""

from typing import Any

from litestar import Response, get

from gateway.clients import Caller
from gateway.fhir import audit_events, binaries, consents, documents, lists, patients, transactions
from gateway.fhir.answers import answer, check_acceptable
from gateway.fhir.requests import base_of
from gateway.fhir.resources import Resource
from gateway.guards import PUBLIC, ROLES
from gateway.oauth.discovery import endpoints

RESOURCES: tuple[Resource, ...] = (
    audit_events.RESOURCE,
    binaries.RESOURCE,
    consents.RESOURCE,
    documents.RESOURCE,
    lists.RESOURCE,
    patients.RESOURCE,
)
_PUBLISHED = "2026-11-27"
_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_RECIPIENT = "https://profiles.ihe.net/ITI/MHD/CapabilityStatement/IHE.MHD.DocumentRecipient"
_RESPONDER = "https://profiles.ihe.net/ITI/MHD/CapabilityStatement/IHE.MHD.DocumentResponder"


@get("/fhir/metadata", opt={ROLES: PUBLIC}, include_in_schema=False)
async def read_capability(request: Caller) -> Response[bytes]:
    """The CapabilityStatement."""
    check_acceptable(request)
    return answer(capability(request.clients.settings.public_url, base_of(request)))


def capability(public_url: str, base: str) -> dict[str, Any]:
    """The CapabilityStatement of the door at `base`."""
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
                "security": _security(public_url),
                "interaction": [{"code": "transaction"}],
                "resource": [resource.capability() for resource in RESOURCES],
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
ROUTES = transactions.ROUTES + [handler for resource in RESOURCES for handler in resource.handlers]
