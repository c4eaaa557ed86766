"""`python -m tests.journeys.two_worlds.put_back`: puts each leak back in a copy, where the test must find it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

import msgspec
from rich.console import Console
from rich.table import Table

from deploy.dev.paths import CHECKOUT
from tests.journeys.two_worlds.example import EXAMPLES
from tests.journeys.two_worlds.leaks import LEAKS, Leak

RESULTS = CHECKOUT / "var" / "leaks.json"
TEST = "tests/journeys/test_two_worlds.py::test_a_reader_learns_nothing_of_what_is_hidden_from_them"
_SHARED = ("venv", "peers")
"""What set-up made under var/, used by the copy too."""
_MOST_SECONDS = 1_200
_FAILED = re.compile(rf"{re.escape(TEST)}\[[^]]+-(?P<example>\d+)\]")
_REPORTED = re.compile(r"differs \(first \| second\):\n(?P<lines>(?:E  [^\n]*\n)+)")


@dataclass(frozen=True)
class LeakResult:
    """Whether a leak was found where it shows, in which of the reader's examples, in how many seconds, by what."""

    leak: str
    reader: str
    found: bool
    example: int
    seconds: int
    difference: str


def main(names: list[str]) -> int:
    """Put back the leaks whose names contain one of these words, or all; 1 if one was not found."""
    chosen = [leak for leak in LEAKS if not names or any(name in leak.name for name in names)]
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "carnet"
        _copy_checkout(copy)
        results = [_reported(put_back(leak, copy)) for leak in chosen]
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode([asdict(result) for result in results])))
    Console().print(_table(results))
    return 0 if all(result.found for result in results) else 1


def put_back(leak: Leak, copy: Path) -> LeakResult:
    """Run the examples of one reader in a copy of the checkout with this leak, and mend it again."""
    source, began = copy / leak.file, monotonic()
    mended = source.read_text()
    source.write_text(mended.replace(leak.old, leak.new))
    try:
        output = _run_test(copy, leak.reader)
    finally:
        source.write_text(mended)
    return _result(leak, output, round(monotonic() - began))


def _copy_checkout(copy: Path) -> None:
    shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns("var", ".git", "__pycache__"), symlinks=True)
    (copy / "var").mkdir()
    for name in _SHARED:
        (copy / "var" / name).symlink_to((CHECKOUT / "var" / name).resolve())


def _run_test(copy: Path, reader: str) -> str:
    """What pytest prints about the examples of a reader, up to the first that fails."""
    tests = [f"{TEST}[{reader}-{number}]" for number in range(EXAMPLES)]
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests),
        cwd=copy,
        # The editable install names the checkout: the copy must come before it. Bytecode of a leak must not stay.
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(copy), os.environ.get("PYTHONPATH", ""))),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
        check=False,
    )
    return done.stdout


def _result(leak: Leak, output: str, seconds: int) -> LeakResult:
    """Any other failure of the copy, or difference, is none of the leak."""
    failed, reported = _FAILED.search(output), _REPORTED.search(output)
    if failed is None or reported is None:
        return LeakResult(leak.name, leak.reader, False, -1, seconds, output[-300:])
    differences = [line.removeprefix("E").strip() for line in reported["lines"].splitlines()]
    own = [line for line in differences if line.startswith(leak.shows)]
    return LeakResult(leak.name, leak.reader, bool(own), int(failed["example"]), seconds, (own or differences)[0])


def _reported(result: LeakResult) -> LeakResult:
    """The same, printed at once: the whole takes minutes."""
    Console().print(f"{'found' if result.found else 'NOT FOUND'}: {result.leak}")
    return result


def _table(results: list[LeakResult]) -> Table:
    table = Table("leak", "reader", "found", "example", "seconds", "first difference")
    for result in results:
        example = str(result.example + 1) if result.found else ""
        table.add_row(
            result.leak,
            result.reader,
            "yes" if result.found else "no",
            example,
            str(result.seconds),
            result.difference,
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
