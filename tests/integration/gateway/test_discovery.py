"""Apps find the authorization server by any of three standards, from any site, and are told the same."""

import pytest

from tests.integration.gateway.process import Gateway

WELL_KNOWN = (
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/smart-configuration",
    "/fhir/.well-known/smart-configuration",
)
_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_NAMES = {"authorize": "authorization", "token": "token", "introspect": "introspection", "revoke": "revocation"}


def test_three_descriptions_say_the_same(gateway: Gateway) -> None:
    found = [gateway.ask("GET", path).json() for path in WELL_KNOWN]
    assert all(one == found[0] for one in found)
    security = gateway.ask("GET", "/fhir/metadata").json()["rest"][0]["security"]
    uris = next(one for one in security["extension"] if one["url"] == _OAUTH_URIS)["extension"]
    assert {one["url"]: one["valueUri"] for one in uris} == {
        name: found[0][f"{said}_endpoint"] for name, said in _NAMES.items()
    }
    assert found[0]["code_challenge_methods_supported"] == ["S256"]
    assert {"token", "password"}.isdisjoint(found[0]["response_types_supported"] + found[0]["grant_types_supported"])


def test_every_address_that_is_described_is_served(gateway: Gateway) -> None:
    said = gateway.ask("GET", WELL_KNOWN[0]).json()
    for name, address in said.items():
        if name.endswith("_endpoint"):
            path = address.removeprefix(said["issuer"])
            assert gateway.ask("POST", path, body=b"", headers={"content-type": "text/plain"}).status != 404, name


@pytest.mark.parametrize(
    "path", [WELL_KNOWN[0], "/oauth/token", "/fhir/Patient/00000000-0000-0000-0000-000000000001"]
)
def test_an_app_in_a_browser_may_ask_from_any_site_and_never_with_a_cookie(gateway: Gateway, path: str) -> None:
    asked = {
        "origin": "https://app.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
    }
    preflight = gateway.ask("OPTIONS", path, headers=asked)
    assert preflight.status in {200, 204}
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in preflight.headers
    answer = gateway.ask("GET", path, headers={"origin": "https://app.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
