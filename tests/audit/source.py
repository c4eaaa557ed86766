"""The source of what is shipped, scanned by bandit, and by semgrep with the rules beside this file."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.dev.paths import CHECKOUT
from tests.audit.findings import ToolFinding

TOOLS = CHECKOUT / "var" / "audit" / "venv" / "bin"
RULES = Path(__file__).with_name("rules.yml")
SCANNED = (
    *("contracts", "translations", "chassis", "services", "gateway", "client", "cli", "deploy", "samples", "bench"),
    "verifier",
)
_SECONDS = 600


class ToolFailed(Exception):
    """A tool ended without a result; carries what it printed."""


def scan() -> tuple[list[ToolFinding], int]:
    """What both tools found, and how many files both read; ToolFailed if one does not end well."""
    bandit = _run("bandit", "--quiet", "--ignore-nosec", "--recursive", "--format", "json", *SCANNED)
    semgrep = _run(
        *("semgrep", "scan", "--json", "--quiet", "--config", str(RULES)),
        *("--metrics", "off", "--disable-version-check", "--no-git-ignore", "--disable-nosem", *SCANNED),
    )
    if bandit["errors"] or semgrep["errors"]:
        raise ToolFailed(json.dumps([*bandit["errors"], *semgrep["errors"]]))
    read = {path.removeprefix("./") for path in bandit["metrics"]} & set(semgrep["paths"]["scanned"])
    return [*_of_bandit(bandit["results"]), *_of_semgrep(semgrep["results"])], len(read)


def _of_bandit(results: list[dict[str, Any]]) -> Iterator[ToolFinding]:
    for result in results:
        yield _finding(
            "bandit", f"{result['test_id']} {result['test_name']}", result["filename"], result["line_number"]
        )


def _of_semgrep(results: list[dict[str, Any]]) -> Iterator[ToolFinding]:
    for result in results:
        yield _finding("semgrep", result["check_id"].rpartition(".")[2], result["path"], result["start"]["line"])


def _finding(tool: str, rule: str, path: str, line: int) -> ToolFinding:
    text = (CHECKOUT / path).read_text().splitlines()[line - 1].strip()
    return ToolFinding(tool, rule, path.removeprefix("./"), text)


def _run(tool: str, *arguments: str) -> Any:
    """The JSON that a tool prints; both exit with 1 when they found something."""
    done = subprocess.run(
        (str(TOOLS / tool), *arguments), cwd=CHECKOUT, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode not in {0, 1}:
        raise ToolFailed(f"{tool}: {done.returncode}\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return json.loads(done.stdout)
