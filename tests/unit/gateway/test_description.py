"""The OpenAPI description says what a body may be: its fields, their bounds, and what an answer is."""

import re
from collections import Counter
from typing import Any

from msgspec import json

from contracts.identity.apps import RegisterClient
from contracts.vocabulary import AccessMode
from gateway.api.authorisations import AuthorisationTerm
from gateway.api.closing import Closing
from gateway.api.representatives import RequestedChange
from gateway.links import LINKS
from gateway.request_bounds import BOUNDS
from tests.support.comparisons import check_all
from tests.unit.gateway.test_structure import APP

DESCRIPTION: dict[str, Any] = json.decode(json.encode(APP.openapi_schema.to_schema(), enc_hook=vars))
SCHEMAS = DESCRIPTION["components"]["schemas"]


def test_a_body_that_takes_no_other_field_says_so() -> None:
    strict = (AuthorisationTerm.__name__, Closing.__name__, RequestedChange.__name__)
    assert {name: SCHEMAS[name].get("additionalProperties") for name in strict} == dict.fromkeys(strict, False)
    assert "additionalProperties" not in SCHEMAS[RegisterClient.__name__]


def test_every_bound_of_a_field_is_described() -> None:
    expected = {
        f"{kind.__name__}.{field}": bound for kind, fields in BOUNDS.items() for field, bound in fields.items()
    }
    found = {
        f"{kind.__name__}.{field}": {
            keyword: SCHEMAS[kind.__name__]["properties"][field].get(keyword) for keyword in bound
        }
        for kind, fields in BOUNDS.items()
        for field, bound in fields.items()
    }
    check_all("bounds of a field", found, expected)


def test_only_modes_of_emergency_can_be_opposed() -> None:
    item = DESCRIPTION["paths"]["/dmp/records/{patient_id}/oppositions/{mode}"]
    described = next(parameter for parameter in item["put"]["parameters"] if parameter["name"] == "mode")
    assert described["schema"]["allOf"] == [{"$ref": "#/components/schemas/EmergencyMode"}]
    assert SCHEMAS["EmergencyMode"]["enum"] == [AccessMode.BRIS_DE_GLACE, AccessMode.CENTRE_15]


def test_no_two_paths_differ_only_in_the_names_of_their_parameters() -> None:
    alike = Counter(re.sub(r"{[^}]+}", "{}", path) for path in DESCRIPTION["paths"])
    assert [path for path, count in alike.items() if count > 1] == []


def test_sizes_of_the_journal_are_whole_numbers_in_json_too() -> None:
    numbers = [
        parameter["schema"]
        for path, item in DESCRIPTION["paths"].items()
        if "journal" in path and "get" in item
        for parameter in item["get"].get("parameters", ())
        if parameter["name"] in {"before", "size", "first", "second"}
    ]
    assert len(numbers) == 6
    assert all(number["maximum"] == 2**53 - 1 and number["minimum"] in {0, 1} for number in numbers)


def test_the_keys_of_id_tokens_are_a_set_of_keys() -> None:
    answer = DESCRIPTION["paths"]["/oauth/keys"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["$ref"].endswith("JsonWebKeys")


def test_a_deposit_is_the_bytes_of_a_document() -> None:
    body = DESCRIPTION["paths"]["/dmp/records/{patient_id}/documents"]["post"]["requestBody"]
    schema = {"type": "string", "format": "binary", "minLength": 1}
    assert (body["required"], body["content"]) == (True, {"application/octet-stream": {"schema": schema}})


def test_every_link_is_described_and_leads_to_an_operation_with_its_parameters() -> None:
    operations = {
        operation["operationId"]: operation
        for item in DESCRIPTION["paths"].values()
        for operation in item.values()
        if "operationId" in operation
    }
    described = {
        name: {
            target: link["parameters"]
            for status, response in operations[name]["responses"].items()
            for target, link in response.get("links", {}).items()
        }
        for name in LINKS
    }
    check_all("links of an operation", described, LINKS)
    parameters = {
        name: {parameter["name"] for parameter in operation.get("parameters", ())}
        for name, operation in operations.items()
    }
    targets = [(target, needed) for links in LINKS.values() for target, needed in links.items()]
    assert [target for target, needed in targets if not set(needed) <= parameters[target]] == []
