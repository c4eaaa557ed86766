"""`python -m tests.audit`: probes every operation of a platform of its own and scans the source."""

import argparse
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import requests

from client.mailbox import Mailbox
from client.people import DemoPeople
from deploy.dev.external import external_servers_from
from deploy.dev.paths import CHECKOUT
from deploy.dev.stack import Stack
from deploy.dev.supervisor import find_supervisor
from tests.audit.callers import ANONYMOUS, CALLERS, AuditCaller, make_caller
from tests.audit.findings import ToolFinding, Verdict, judge, load_triage
from tests.audit.operations import DescribedOperation, operations_in
from tests.audit.requests import Requests, Target, send, send_refused
from tests.audit.source import ToolFailed, scan
from tests.support.service_stack import SHORT_DELAYS

DIRECTORY = CHECKOUT / "var" / "audit"
RESULTS = DIRECTORY / "results.json"
_BASE_PORT, _EXAMPLES = 31_000, 30
_SETTINGS = {**SHORT_DELAYS, "CARNET_STRANGERS_A_MINUTE": "0", "CARNET_LOGINS_PER_ADDRESS": "1000000"}
"""All callers share one address, and nobody waits for a timer."""
_SECONDS, _UNAUTHORIZED = 30, 401
_USED, _REFUSED = "used", "refused"


def main(arguments: Sequence[str]) -> int:
    """Run the audit; 1 if anything is open, accepted but not found, or was not called."""
    options = _options(arguments)
    began = monotonic()
    findings, files = scan()
    print(f"{files} files scanned, {len(findings)} findings")
    with _platform() as stack:
        probed, operations = _probe(stack, options.examples)
    verdict = judge([*findings, *probed.findings], load_triage())
    numbers = _numbers(probed, operations, verdict, files) | {"seconds": round(monotonic() - began)}
    RESULTS.write_text(json.dumps(numbers, indent=2, ensure_ascii=False))
    print(json.dumps(numbers, indent=2, ensure_ascii=False))
    _print_verdict(verdict)
    missed = [operation.name for operation in operations if operation.name not in probed.called]
    # What only some of many requests find may not be found by fewer.
    stale = verdict.stale if options.examples >= _EXAMPLES else ()
    return 1 if verdict.open or stale or missed else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make audit")
    parser.add_argument(
        "--examples", type=int, default=_EXAMPLES, help="random requests to each operation, for each caller"
    )
    return parser.parse_args(arguments)


def _platform() -> Stack:
    """A new one, without what an earlier audit left; one that is up is used as it is."""
    os.environ.update(_SETTINGS)
    stack = Stack(DIRECTORY / "platform", _BASE_PORT, external_servers_from(os.environ))
    if find_supervisor(stack.layout) is None:
        shutil.rmtree(stack.layout.root, ignore_errors=True)
    return stack


def _probe(stack: Stack, examples: int) -> tuple[Requests, list[DescribedOperation]]:
    """Call every operation as each caller, at length where it is admitted."""
    demo = DemoPeople(stack.addresses.url("gateway"), Mailbox(stack.addresses.url("mailbox")), stack.layout.cards)
    description = _description(demo.gateway)
    operations, found = operations_in(json.loads(description.read_text())), Requests()
    for name in CALLERS:
        for part, chosen in _parts(operations, name).items():
            began, caller = monotonic(), make_caller(stack, demo, name)
            target = Target(demo.gateway, description, DIRECTORY / f"{name}-{part}.ndjson")
            sent = (
                send_refused(target, caller, chosen) if part == _REFUSED else send(target, caller, chosen, examples)
            )
            if part == _USED and caller.token:
                _check_has_access(demo.gateway, caller)
            found.add(sent)
            counted = f"{len(chosen)} operations, {sent.sent} requests, {len(set(sent.findings))} findings"
            print(f"{name}, {part}: {counted}, {monotonic() - began:.0f} s", flush=True)
    return found, operations


def _check_has_access(gateway: str, caller: AuditCaller) -> None:
    """The answers to a caller whose session ended or whose token expired would say nothing; raises ToolFailed."""
    headers = {"authorization": f"Bearer {caller.token}"}
    if requests.get(f"{gateway}/me/sessions", headers=headers, timeout=_SECONDS).status_code == _UNAUTHORIZED:
        raise ToolFailed(f"{caller.name} has lost its access")


def _parts(operations: Sequence[DescribedOperation], name: str) -> dict[str, list[DescribedOperation]]:
    """What a caller may use; what may end its own access, so that another of its kind does it; what refuses it."""
    admitted = [operation for operation in operations if name in operation.admits]
    refused = [operation for operation in operations if not operation.admits & {name, ANONYMOUS}]
    parts = {
        _USED: [operation for operation in admitted if not operation.is_ending],
        "ended": [operation for operation in admitted if operation.is_ending],
        _REFUSED: refused,
    }
    return {part: chosen for part, chosen in parts.items() if chosen}


def _description(gateway: str) -> Path:
    """Without FHIR: its bodies are described by FHIR's own schemas, which its public clients and fuzzers use."""
    path = DIRECTORY / "openapi.json"
    description = requests.get(f"{gateway}/openapi/openapi.json", timeout=_SECONDS).json()
    description["paths"] = {name: item for name, item in description["paths"].items() if not name.startswith("/fhir")}
    path.write_text(json.dumps(description))
    return path


def _numbers(
    probed: Requests, operations: Sequence[DescribedOperation], verdict: Verdict, files: int
) -> dict[str, object]:
    return {
        "files_scanned": files,
        "operations": len(operations),
        "operations_called": len(probed.called),
        "operations_that_succeeded": len(probed.succeeded),
        "requests": probed.sent,
        "requests_by_link": probed.by_link,
        "answers": dict(sorted(probed.by_class.items())),
        "checks": dict(sorted(probed.checks.items())),
        "open": _by_rule(verdict.open),
        "accepted": _by_rule(verdict.accepted),
        "stale": len(verdict.stale),
    }


def _by_rule(findings: Sequence[ToolFinding]) -> dict[str, int]:
    return dict(sorted(Counter(f"{finding.tool}: {finding.rule}" for finding in findings).items()))


def _print_verdict(verdict: Verdict) -> None:
    for finding in verdict.open:
        print(f"✗ {finding.tool}: {finding.rule} | {finding.place} | {finding.detail}")
    for entry in verdict.stale:
        print(f"✗ accepted, but not found: {entry}")
    print(f"{len(verdict.open)} open, {len(verdict.accepted)} accepted, {len(verdict.stale)} accepted but not found")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
