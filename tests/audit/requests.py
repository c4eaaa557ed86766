"""Requests to every operation, valid, invalid and in sequences, generated and checked by schemathesis."""

import base64
import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.audit.callers import AuditCaller
from tests.audit.findings import ToolFinding
from tests.audit.operations import DescribedOperation
from tests.audit.source import TOOLS, ToolFailed

_SEED = 20261130
_SECONDS = 600
_NO_LINKS = "NoLinksFound"
"""What a run says in which no operation leads to another."""
_CONFIG = f"""\
seed = {_SEED}
continue-on-failure = true
request-timeout = 30
[cache]
enabled = false
[output.sanitization]
enabled = false
[checks.negative_data_rejection]
expected-statuses = ["4xx", "5xx"]
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 429, "5xx"]
"""


@dataclass
class Requests:
    """What was sent and found.

    Attributes:
        by_link: requests that used what an earlier answer said, as a link of the description says.
        called, succeeded: names of operations.
    """

    sent: int = 0
    by_link: int = 0
    by_class: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    called: set[str] = field(default_factory=set)
    succeeded: set[str] = field(default_factory=set)
    findings: list[ToolFinding] = field(default_factory=list)

    def add(self, other: "Requests") -> None:
        self.sent += other.sent
        self.by_link += other.by_link
        self.by_class += other.by_class
        self.checks += other.checks
        self.called |= other.called
        self.succeeded |= other.succeeded
        self.findings += other.findings


@dataclass(frozen=True)
class Target:
    """Address of the gateway, file of its OpenAPI description, and file for the tool's report."""

    gateway: str
    description: Path
    report: Path


def send_refused(target: Target, caller: AuditCaller, operations: Sequence[DescribedOperation]) -> Requests:
    """Call once each of these operations, which do not admit the caller; each that succeeds is a finding."""
    sent = send(target, caller, operations, 1, "--phases", "fuzzing", "--mode", "positive")
    sent.findings += [ToolFinding("schemathesis", "role_not_admitted", name, caller.name) for name in sent.succeeded]
    sent.succeeded.clear()
    return sent


def send(
    target: Target, caller: AuditCaller, operations: Sequence[DescribedOperation], examples: int, *options: str
) -> Requests:
    """Call these operations as that caller.

    Args:
        examples: how many random ones for each operation, besides those that cover its schema.
        options: of the tool.

    Raises:
        ToolFailed: it ended before it had called them all.
    """
    report, config = target.report, target.report.with_suffix(".toml")
    report.unlink(missing_ok=True)
    config.write_text(_config_for(caller))
    command = [
        *(str(TOOLS / "schemathesis"), "--config-file", str(config)),
        *("run", str(target.description), "--url", target.gateway),
        *("--report", "ndjson", "--report-ndjson-path", str(report), "--max-examples", str(examples)),
        *options,
        *("--generation-database", "none", "--suppress-health-check", "all", "--no-color", "--no-shrink"),
        *(argument for operation in operations for argument in ("--include-operation-id", operation.id)),
    ]
    done = subprocess.run(command, cwd=report.parent, capture_output=True, text=True, timeout=_SECONDS, check=False)
    events = [json.loads(line) for line in report.read_bytes().splitlines()] if report.exists() else []
    if not any(event.get("EngineFinished", {}).get("stop_reason") == "completed" for event in events):
        raise ToolFailed(f"schemathesis: {done.returncode}\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return _read(events, {operation.name for operation in operations})


def _config_for(caller: AuditCaller) -> str:
    lines = [_CONFIG]
    if caller.token:
        lines += ["[headers]", f'Authorization = "Bearer {caller.token}"']
    lines.append("[parameters]")
    lines += [f'{name} = {{dictionary = "{name}", probability = 0.9}}' for name in caller.known]
    for name, values in caller.known.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    return "\n".join(lines)


def _read(events: Sequence[dict[str, Any]], names: set[str]) -> Requests:
    found = Requests()
    for event in events:
        if "NonFatalError" in event and event["NonFatalError"]["value"]["type"] != _NO_LINKS:
            raise ToolFailed(json.dumps(event)[:2_000])
        for scenario in filter(None, [event.get("ScenarioFinished")]):
            _read_scenario(scenario["recorder"], found, names)
    return found


def _read_scenario(recorder: dict[str, Any], found: Requests, names: set[str]) -> None:
    operations = {key: _operation(case["value"]) for key, case in recorder.get("cases", {}).items()}
    found.by_link += sum(case.get("is_transition_applied", False) for case in recorder.get("cases", {}).values())
    for key, exchange in recorder.get("interactions", {}).items():
        answer = exchange.get("response")
        found.sent += 1
        found.by_class[f"{answer['status_code'] // 100}xx" if answer else "none"] += 1
        if operations.get(key) in names:
            found.called.add(operations[key])
            if answer and answer["status_code"] < 300:
                found.succeeded.add(operations[key])
    for key, checks in recorder.get("checks", {}).items():
        for check in checks:
            found.checks[check["name"]] += 1
            if check["status"] != "success":
                answer = recorder["interactions"].get(key, {}).get("response")
                failure = check["failure_info"]["failure"]
                found.findings.append(
                    ToolFinding("schemathesis", check["name"], operations[key], _detail(failure, answer))
                )


def _operation(case: dict[str, Any]) -> str:
    return f"{case['method']} {case['path']}"


class _Refused(msgspec.Struct):
    code: str = ""
    details: dict[str, str] = {}


def _detail(failure: dict[str, Any], answer: dict[str, Any] | None) -> str:
    """Status, and the code and field of a refusal; of another answer what the tool says."""
    if answer is None:
        return str(failure["title"])
    body = base64.b64decode(answer.get("content", {}).get("$base64", ""))
    try:
        refused = msgspec.json.decode(body, type=_Refused)
    except msgspec.DecodeError:
        refused = _Refused()
    text = f"{refused.code} {refused.details.get('field', '')}" if refused.code else " ".join(_message_of(failure))
    return f"{answer['status_code']} {text}".strip()


def _message_of(failure: dict[str, Any]) -> Iterator[str]:
    yield failure["title"]
    yield from str(failure.get("message", "")).splitlines()[:1]
