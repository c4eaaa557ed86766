"""Metadata of the authorization server, at the well-known URLs of three standards."""

from typing import Any

from litestar import get

from chassis.jose import ALGORITHMS
from contracts.scopes import SUPPORTED
from gateway.clients import ApiRequest
from gateway.guards import PUBLIC, ROLES
from gateway.oauth.tokens import GRANTS

_CAPABILITIES = [
    *("launch-standalone", "client-public", "client-confidential-asymmetric", "sso-openid-connect"),
    *("context-standalone-patient", "permission-patient", "permission-offline", "permission-v1", "permission-v2"),
]


def endpoints(public_url: str) -> dict[str, str]:
    """SMART's name of each endpoint -> its URL."""
    return {
        "authorize": f"{public_url}/oauth/authorize",
        "token": f"{public_url}/oauth/token",
        "introspect": f"{public_url}/oauth/introspect",
        "revoke": f"{public_url}/oauth/revoke",
    }


def description(public_url: str) -> dict[str, Any]:
    """Metadata by RFC 8414, OpenID Connect Discovery and SMART App Launch 2.2, which use the same names."""
    urls = endpoints(public_url)
    return {
        "issuer": public_url,
        "authorization_endpoint": urls["authorize"],
        "token_endpoint": urls["token"],
        "introspection_endpoint": urls["introspect"],
        "revocation_endpoint": urls["revoke"],
        "pushed_authorization_request_endpoint": f"{public_url}/oauth/par",
        "jwks_uri": f"{public_url}/oauth/keys",
        "scopes_supported": list(SUPPORTED),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "revocation_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "fhirUser"],
        "authorization_response_iss_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "ui_locales_supported": ["fr", "en"],
        "capabilities": _CAPABILITIES,
    }


@get(
    [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/smart-configuration",
        "/fhir/.well-known/smart-configuration",
    ],
    opt={ROLES: PUBLIC},
    include_in_schema=False,
)
async def describe(request: ApiRequest) -> Any:
    """The metadata, the same at every URL."""
    return description(request.clients.settings.public_url)


PUBLIC_ROUTES = [describe]
