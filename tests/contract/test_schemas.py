"""Messages stay compatible: fields may be added, but not removed, changed or made required."""

import copy
import json
from collections.abc import Callable
from typing import Any

from tests.contract.schemas import FILE, breaking_changes, current


def test_messages_change_only_by_addition() -> None:
    assert breaking_changes(json.loads(FILE.read_text()), current()) == []


def test_every_message_has_a_recorded_schema() -> None:
    assert set(current()) == set(json.loads(FILE.read_text())), (
        "python -m tests.contract.schemas, and look at the diff"
    )


def test_each_kind_of_breaking_change_is_detected() -> None:
    old: dict[str, Any] = {
        "A": {"properties": {"x": {"type": "string"}, "y": {"type": "integer"}}, "required": ["x"]},
        "B": {},
    }
    cases: dict[str, Callable[[dict[str, Any]], object]] = {
        "A.x: gone": lambda new: new["A"]["properties"].pop("x"),
        "A.x: changed": lambda new: new["A"]["properties"].update(x={"type": "integer"}),
        "A.y: now required": lambda new: new["A"]["required"].append("y"),
        "B: gone": lambda new: new.pop("B"),
    }
    for problem, change in cases.items():
        new = copy.deepcopy(old)
        change(new)
        assert breaking_changes(old, new) == [problem]


def test_a_field_may_admit_more_values_but_not_fewer() -> None:
    def message(*values: str) -> dict[str, Any]:
        return {"A": {"properties": {"x": {"enum": [*values]}}}}

    assert breaking_changes(message("a"), message("a", "b")) == []
    assert breaking_changes(message("a", "b"), message("a")) == ["A.x: changed"]


def test_an_added_optional_field_is_compatible() -> None:
    old: dict[str, Any] = {"A": {"properties": {}, "required": []}}
    assert breaking_changes(old, {"A": {"properties": {"z": {"type": "string"}}, "required": []}}) == []
