"""Names that others rely on: methods, topics, queues, exchanges, refusals, settings, metrics, HTTP operations."""

import re
from typing import Any

from msgspec import json

from chassis import topology
from contracts.errors.registry import all_refusals
from contracts.wiring import APIS
from docs import print_tables
from tests.contract.schemas import declared_events
from tests.unit.chassis.test_topology import RecordingChannel
from tests.unit.gateway.test_structure import APP

_DELAYS = (1, 10, 60, 300)
_REQUIRED = "required"
_METRIC = re.compile(r"\b(Counter|Gauge|Histogram)\(\s*\"(carnet_\w+)\"")


def current() -> dict[str, dict[str, Any]]:
    """Kind of name -> name -> what it stands for; JSON values."""
    channel = RecordingChannel()
    topology.declare(channel, _DELAYS)
    return {
        "methods": {
            method.route: [method.request.__name__, method.response.__name__]
            for api in APIS
            for method in api.methods()
        },
        "topics": {event.topic: event.__name__ for event in declared_events()},
        "exchanges": channel.exchanges,
        "queues": channel.queues,
        "refusals": {code: sorted(refusal.fields) for code, refusal in all_refusals().items()},
        "settings": _settings(),
        "metrics": _metrics(),
        "operations": _operations(),
    }


def broken(old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> list[str]:
    """Names of the old that are gone from the new or mean something else, and demands that the old did not know."""
    found: list[str] = []
    for kind, known in old.items():
        today = new.get(kind, {})
        found += [f"{kind} {name}: gone" for name in known if name not in today]
        pairs = {name: (known[name], today[name]) for name in known if name in today}
        found += [f"{kind} {name}: {problem}" for name, pair in pairs.items() for problem in _between(kind, *pair)]
        if kind == "settings":
            processes = {name.rpartition(" ")[0] for name in known}
            added = [name for name, value in today.items() if value == _REQUIRED and name not in known]
            found += [f"settings {name}: now required" for name in added if name.rpartition(" ")[0] in processes]
    return sorted(found)


def _between(kind: str, old: Any, new: Any) -> list[str]:
    if kind == "operations":
        return _between_operations(old, new)
    if kind == "settings":
        return ["now required"] if new == _REQUIRED != old else []
    if kind == "refusals":
        # A text may name more than before, and no less: clients show it.
        return [f"{field} is gone" for field in old if field not in new]
    return ["changed"] if new != old else []


def _between_operations(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    before, after = old["parameters"], new["parameters"]
    found = [f"{name} is gone" for name in before if name not in after]
    found += [f"{name} is now required" for name, required in after.items() if required and not before.get(name)]
    return found + (["the id changed"] if old["id"] != new["id"] else [])


def http_schemas() -> dict[str, Any]:
    """Name -> JSON schema of the bodies that the gateway's description names."""
    found: dict[str, Any] = _description()["components"]["schemas"]
    return dict(sorted(found.items()))


def _description() -> dict[str, Any]:
    found: dict[str, Any] = json.decode(json.encode(APP.openapi_schema.to_schema(), enc_hook=vars))
    return found


def _settings() -> dict[str, str]:
    """Process and variable -> its default, or `required`."""
    lines = [line.split(" | ") for line in print_tables.settings().splitlines()[2:]]
    return {f"{who.removeprefix('| ')} {variable.strip('`')}": default for who, variable, default, *_ in lines}


def _metrics() -> dict[str, str]:
    """Name -> kind, as the source declares them: which module is imported depends on the process."""
    sources = (
        path for part in ("chassis", "services", "gateway") for path in (print_tables.ROOT / part).rglob("*.py")
    )
    return {name: kind for path in sources for kind, name in _METRIC.findall(path.read_text())}


def _operations() -> dict[str, Any]:
    """`GET /path` -> its operationId, its parameters and whether each is required."""
    return {
        f"{verb.upper()} {path}": {
            "id": operation.get("operationId"),
            "parameters": {
                f"{parameter['in']} {parameter['name']}": bool(parameter.get("required"))
                for parameter in operation.get("parameters", ())
            },
        }
        for path, item in _description()["paths"].items()
        for verb, operation in item.items()
        if isinstance(operation, dict)
    }
