"""JSON schemas of every message between services; `python -m tests.contract.schemas` writes the file."""

import json
from pathlib import Path
from typing import Any

import msgspec

from contracts import documents
from contracts.envelope import Envelope, Event, RpcReply, RpcRequest
from contracts.wiring import APIS

FILE = Path(__file__).with_name("schemas.json")


def messages() -> list[Any]:
    """The types of all messages: envelopes, tickets, receipts, events, requests and responses."""
    found: list[Any] = [RpcRequest, RpcReply, Envelope, documents.UploadTicket, documents.DownloadTicket]
    found += [documents.Receipt, documents.SignedReceipt, *declared_events()]
    for api in APIS:
        for method in api.methods():
            found += [method.request, method.response]
    return [message for message in dict.fromkeys(found) if message.__module__.startswith("contracts.")]


def current() -> dict[str, Any]:
    """Message name -> JSON schema."""
    _, components = msgspec.json.schema_components(messages())
    return dict(sorted(components.items()))


def declared_events() -> list[type[Event]]:
    """The events of the contracts, without the classes they derive from."""
    found, waiting = [], [Event]
    while waiting:
        derived = waiting.pop().__subclasses__()
        waiting += derived
        found += [event for event in derived if not event.__subclasses__()]
    return [event for event in found if event.__module__.startswith("contracts.")]


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Changes that a reader or sender of the old messages cannot handle."""
    return [problem for name, schema in old.items() for problem in _between(name, schema, new.get(name))]


def _between(name: str, old: dict[str, Any], new: dict[str, Any] | None) -> list[str]:
    if new is None:
        return [f"{name}: gone"]
    problems = [f"{name}: value {value!r} gone" for value in old.get("enum", []) if value not in new.get("enum", [])]
    before, after = old.get("properties", {}), new.get("properties", {})
    problems += [f"{name}.{field}: gone" for field in before if field not in after]
    problems += [
        f"{name}.{field}: changed"
        for field in before
        if field in after and _shape(before[field], after[field]) != _shape(after[field], after[field])
    ]
    demanded = set(new.get("required", [])) - set(old.get("required", []))
    problems += [f"{name}.{field}: now required" for field in sorted(demanded)]
    return problems


def _shape(field: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """What must stay of a field; the values that it admits may become more."""
    shape = {key: value for key, value in field.items() if key not in {"default", "description", "title"}}
    if set(field.get("enum", [])) <= set(later.get("enum", [])):
        shape.pop("enum", None)
    return shape


if __name__ == "__main__":
    FILE.write_text(json.dumps(current(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
