"""The CapabilityStatement says exactly what is there."""

import re

import fhirkit
import pytest

from gateway.fhir.capability import RESOURCES, capability
from gateway.fhir.resources import Resource
from tests.unit.gateway.test_structure import HANDLERS

SAID = capability("https://carnet.example", "https://carnet.example/fhir")
REST = SAID["rest"][0]
ROUTES = {
    "search-type": {("GET", ""), ("POST", "/_search")},
    "read": {("GET", "/{}"), ("HEAD", "/{}")},
    "create": {("POST", "")},
    "update": {("PUT", "/{}")},
    "patch": {("PATCH", ""), ("PATCH", "/{}")},
}
"""Interaction -> verbs and paths below the resource."""


def routes_of(kind: str) -> set[tuple[str, str]]:
    found = set()
    for name in HANDLERS:
        verbs, _, path = name.partition(" ")
        if f"{path}/".startswith(f"/fhir/{kind}/"):
            below = re.sub(r"\{[^}]*\}", "{}", path.removeprefix(f"/fhir/{kind}"))
            found |= {(verb, below) for verb in verbs.split("/")}
    return found


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.type)
def test_a_resource_has_the_routes_of_its_interactions_and_no_others(resource: Resource) -> None:
    said = next(one for one in REST["resource"] if one["type"] == resource.type)
    interactions = {one["code"] for one in said["interaction"]}
    due = set().union(*(ROUTES[code] for code in interactions))
    # Whether a head may be asked for is no interaction of its own.
    heads = {("HEAD", "/{}")}
    assert routes_of(resource.type) | heads == due | heads
    assert {one["name"] for one in said.get("searchParam", [])} == set(resource.parameters)


def test_every_route_below_the_door_is_of_a_resource_that_is_named() -> None:
    kinds = {
        name.partition(" ")[2].split("/")[2] for name in HANDLERS if " /fhir/" in name and len(name.split("/")) > 2
    }
    assert kinds - {"metadata", "", ".well-known"} <= {one["type"] for one in REST["resource"]}
    assert [one["code"] for one in REST["interaction"]] == ["transaction"]


def test_it_is_valid() -> None:
    assert [str(issue) for issue in fhirkit.validate(SAID) if issue.severity == "error"] == []
