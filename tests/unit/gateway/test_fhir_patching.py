"""A patch changes what it names, or is refused; whatever JSON is in it."""

import json
from typing import Any

import pytest

from contracts.errors.request import InvalidRequest
from contracts.records.changes import ChangeDocument
from gateway.fhir.patching import change_from, parse_json_patch

TWO_CODINGS = {"coding": [{"code": "N"}, {"code": "INVISIBLE_PATIENT"}]}


def changed(path: str, value: Any, op: str = "add") -> ChangeDocument:
    return change_from(parse_json_patch(json.dumps([{"op": op, "path": path, "value": value}]).encode()), "")


def test_every_coding_of_a_label_counts() -> None:
    assert changed("/securityLabel/-", TWO_CODINGS).add_labels == ("N", "INVISIBLE_PATIENT")
    assert changed("/securityLabel", [TWO_CODINGS]).labels == ("N", "INVISIBLE_PATIENT")


@pytest.mark.parametrize("op", ["add", "replace", "test"])
@pytest.mark.parametrize("value", [[], {}, ["current"], {"coding": []}, 5, None])
def test_a_status_that_is_no_code_is_refused(value: Any, op: str) -> None:
    with pytest.raises(InvalidRequest):
        changed("/status", value, op)


@pytest.mark.parametrize("path", ["/securityLabel", "/securityLabel/0", "/securityLabel/-"])
@pytest.mark.parametrize(
    "coding", [None, 5, "N", [], [5], [{}], [{"code": ""}], [{"code": {}}], [{"code": "N"}, {"display": "Masqué"}]]
)
def test_a_label_that_is_no_concept_with_codes_is_refused(path: str, coding: Any) -> None:
    with pytest.raises(InvalidRequest):
        changed(path, {"coding": coding})
