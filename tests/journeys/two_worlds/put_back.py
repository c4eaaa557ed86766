"""`python -m tests.journeys.two_worlds.put_back`: puts each leak back in a copy, where the test must find it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from deploy.dev.paths import CHECKOUT
from tests.journeys.two_worlds.leaks import LEAKS, Leak

RESULTS = CHECKOUT / "var" / "leaks.json"
TEST = "tests/journeys/test_two_worlds.py::test_a_reader_learns_nothing_of_what_is_hidden_from_them"
_SHARED = ("venv", "peers")
"""What set-up made under var/, used by the copies too."""
_MOST_SECONDS = 1_200
_FOUND = re.compile(r"(?P<reader>[\w ]+), example (?P<example>\d+); acts:")
_DIFFERENCE = re.compile(r"differs \(first \| second\):\nE\s+(?P<first>[^\n]+)")


@dataclass(frozen=True)
class LeakResult:
    """Whether a leak was found, by which reader, in which of that reader's examples, and the first difference."""

    leak: str
    found: bool
    reader: str = ""
    example: int = 0
    difference: str = ""


def main(names: list[str]) -> int:
    """Put back the leaks whose names contain one of these words, or all; 1 if one was not found."""
    chosen = [leak for leak in LEAKS if not names or any(name in leak.name for name in names)]
    findings = [put_back(leak) for leak in chosen]
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode([asdict(finding) for finding in findings])))
    Console().print(_table(findings))
    return 0 if all(finding.found for finding in findings) else 1


def put_back(leak: Leak) -> LeakResult:
    """Run the test of one reader in a copy of the checkout with this leak."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "carnet"
        _copy_checkout(copy)
        source = copy / leak.file
        source.write_text(source.read_text().replace(leak.old, leak.new))
        return _finding(leak, _run_test(copy, leak.reader))


def _copy_checkout(copy: Path) -> None:
    shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns("var", ".git", "__pycache__"), symlinks=True)
    (copy / "var").mkdir()
    for name in _SHARED:
        (copy / "var" / name).symlink_to((CHECKOUT / "var" / name).resolve())


def _run_test(copy: Path, reader: str) -> str:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{TEST}[{reader}]")
    done = subprocess.run(
        command,
        cwd=copy,
        # The editable install names the checkout: the copy must come before it.
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(copy), os.environ.get("PYTHONPATH", "")))},
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
        check=False,
    )
    return done.stdout


def _finding(leak: Leak, output: str) -> LeakResult:
    found, difference = _FOUND.search(output), _DIFFERENCE.search(output)
    if found is None or difference is None:
        # Any other failure of the copy is none of the leak.
        return LeakResult(leak.name, found=False, difference=output[-300:])
    return LeakResult(leak.name, True, found["reader"].strip(), int(found["example"]), difference["first"].strip())


def _table(findings: list[LeakResult]) -> Table:
    table = Table("leak", "reader", "example", "first difference")
    for finding in findings:
        table.add_row(
            finding.leak,
            finding.reader or "not found",
            str(finding.example or ""),
            finding.difference,
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
