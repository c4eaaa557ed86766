"""The CapabilityStatement matches the routes."""

import re

import fhirkit
import pytest

from gateway.fhir.capability import DECLARATIONS, capability
from gateway.fhir.resources import ResourceDeclaration
from gateway.fhir.search import SearchResource
from tests.unit.gateway.test_structure import HANDLERS

STATEMENT = capability("https://carnet.example", "https://carnet.example/fhir")
REST = STATEMENT["rest"][0]
ROUTES = {
    "search-type": {("GET", ""), ("POST", "/_search")},
    "read": {("GET", "/{}"), ("HEAD", "/{}")},
    "create": {("POST", "")},
    "update": {("PUT", "/{}")},
    "patch": {("PATCH", ""), ("PATCH", "/{}")},
}
"""Interaction -> verbs and paths below the resource."""


def routes_of(resource_type: str) -> set[tuple[str, str]]:
    routes = set()
    for name in HANDLERS:
        verbs, _, path = name.partition(" ")
        if f"{path}/".startswith(f"/fhir/{resource_type}/"):
            below = re.sub(r"\{[^}]*\}", "{}", path.removeprefix(f"/fhir/{resource_type}"))
            routes |= {(verb, below) for verb in verbs.split("/")}
    return routes


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda declaration: declaration.type)
def test_resource_has_exactly_the_routes_of_its_interactions(declaration: ResourceDeclaration) -> None:
    entry = next(entry for entry in REST["resource"] if entry["type"] == declaration.type)
    interactions = {interaction["code"] for interaction in entry["interaction"]}
    expected = set().union(*(ROUTES[code] for code in interactions))
    # HEAD is no separate interaction, so it may be there or not.
    heads = {("HEAD", ""), ("HEAD", "/{}")}
    assert routes_of(declaration.type) | heads == expected | heads
    searched = {parameter["name"] for parameter in entry.get("searchParam", [])}
    assert bool(searched) == ("search-type" in interactions) == isinstance(declaration, SearchResource)
    conditional = [extension["url"].rpartition(".")[2] for extension in entry.get("extension", [])]
    assert (conditional == ["conditionalPatch"]) == (("PATCH", "") in routes_of(declaration.type))


def test_every_fhir_route_belongs_to_a_declared_resource() -> None:
    types = {
        name.partition(" ")[2].split("/")[2] for name in HANDLERS if " /fhir/" in name and len(name.split("/")) > 2
    }
    assert types - {"metadata", "", ".well-known"} <= {entry["type"] for entry in REST["resource"]}
    assert [interaction["code"] for interaction in REST["interaction"]] == ["transaction"]


def test_statement_is_valid() -> None:
    assert [str(issue) for issue in fhirkit.validate(STATEMENT) if issue.severity == "error"] == []
