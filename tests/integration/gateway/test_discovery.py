"""Discovery of the authorization server: three well-known standards with the same metadata, and CORS."""

import re

import pytest

from tests.integration.gateway.process import Gateway
from tests.support.comparisons import check_all
from tests.unit.gateway.test_structure import HANDLERS

WELL_KNOWN = (
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/smart-configuration",
    "/fhir/.well-known/smart-configuration",
)
_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_ANY_ID = "00000000-0000-4000-8000-000000000001"
_NAMES = {"authorize": "authorization", "token": "token", "introspect": "introspection", "revoke": "revocation"}


def test_all_well_known_urls_have_the_same_metadata(gateway: Gateway) -> None:
    descriptions = [gateway.request("GET", path).json() for path in WELL_KNOWN]
    assert all(description == descriptions[0] for description in descriptions)
    security = gateway.request("GET", "/fhir/metadata").json()["rest"][0]["security"]
    uris = next(extension for extension in security["extension"] if extension["url"] == _OAUTH_URIS)["extension"]
    assert {uri["url"]: uri["valueUri"] for uri in uris} == {
        name: descriptions[0][f"{endpoint}_endpoint"] for name, endpoint in _NAMES.items()
    }
    assert descriptions[0]["code_challenge_methods_supported"] == ["S256"]
    assert {"token", "password"}.isdisjoint(
        descriptions[0]["response_types_supported"] + descriptions[0]["grant_types_supported"]
    )


def test_every_described_endpoint_is_served(gateway: Gateway) -> None:
    description = gateway.request("GET", WELL_KNOWN[0]).json()
    for name, address in description.items():
        if name.endswith("_endpoint"):
            path = address.removeprefix(description["issuer"])
            assert gateway.request("POST", path, body=b"", headers={"content-type": "text/plain"}).status != 404, name


@pytest.mark.parametrize(
    "path", [WELL_KNOWN[0], "/oauth/token", "/fhir/Patient/00000000-0000-0000-0000-000000000001"]
)
def test_cors_allows_any_origin_and_no_credentials(gateway: Gateway, path: str) -> None:
    preflight_headers = {
        "origin": "https://app.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
    }
    preflight = gateway.request("OPTIONS", path, headers=preflight_headers)
    assert preflight.status in {200, 204}
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in preflight.headers
    response = gateway.request("GET", path, headers={"origin": "https://app.example"})
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


def test_options_of_a_path_names_all_its_methods(gateway: Gateway) -> None:
    served: dict[str, set[str]] = {}
    for name in HANDLERS:
        verbs, _, path = name.partition(" ")
        served.setdefault(path, {"OPTIONS"}).update(verbs.split("/"))
    sent = {path: re.sub(r"{[^}]+}", _ANY_ID, re.sub("{size:int}", "1", path)) for path in served}
    allowed = {path: set(gateway.request("OPTIONS", url).headers["allow"].split(", ")) for path, url in sent.items()}
    check_all("methods that OPTIONS names", allowed, served)


def test_a_browser_may_send_and_read_every_header_of_the_interface(gateway: Gateway) -> None:
    sent = {"x-access-mode", "authorization", "dpop", "content-type", "accept", "prefer", "traceparent"}
    sent |= {"if-match", "if-none-match", "if-range", "range"}
    preflight_headers = {
        "origin": "https://app.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": ", ".join(sorted(sent)),
    }
    preflight = gateway.request("OPTIONS", "/fhir/DocumentReference", headers=preflight_headers)
    assert preflight.status in {200, 204}
    assert sent <= set(_names_in(preflight.headers["access-control-allow-headers"]))
    response = gateway.request("GET", "/fhir/metadata", headers={"origin": "https://app.example"})
    read = {"etag", "location", "content-location", "content-range", "content-disposition", "accept-ranges", "allow"}
    read |= {"warning", "retry-after", "www-authenticate", "x-trace-id"}
    assert read <= set(_names_in(response.headers["access-control-expose-headers"]))


def _names_in(header: str) -> list[str]:
    return [name.strip().lower() for name in header.split(",")]
