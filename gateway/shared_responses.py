"""Responses of the OpenAPI description that several operations have in common, each described once."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

_COMPONENTS = "#/components/responses/"


def with_shared_responses(description: dict[str, Any]) -> dict[str, Any]:
    """The description with a reference in place of each response that occurs more than once."""
    counts = Counter(_text(response) for _, _, response in _responses(description))
    names: dict[str, str] = {}
    for responses, status, response in _responses(description):
        text = _text(response)
        if counts[text] > 1:
            name = names.setdefault(text, f"{_title(status)}{len(names) + 1}")
            responses[status] = {"$ref": f"{_COMPONENTS}{name}"}
    shared = {name: msgspec.json.decode(text) for text, name in names.items()}
    description.setdefault("components", {})["responses"] = shared
    return description


def _responses(description: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    """The responses of every operation: where they are, by which status, and what they are."""
    for operations in description["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                responses = operation.get("responses", {})
                yield from ((responses, status, responses[status]) for status in list(responses))


def _text(response: dict[str, Any]) -> str:
    return msgspec.json.encode(response, order="sorted").decode()


def _title(status: str) -> str:
    return f"Status{status}Response"
