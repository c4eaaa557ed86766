"""docs/quickstart.md is true: its blocks are run in order, and each prints the answer shown under it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, Example, OutputChecker
from pathlib import Path

import pytest

from client.people import DemoPeople
from deploy.dev.paths import CHECKOUT
from deploy.dev.stack import Stack

PAGE = CHECKOUT / "docs" / "quickstart.md"
COMPARISON = ELLIPSIS | NORMALIZE_WHITESPACE
"""As in doctest: `...` matches any text, and amounts of white space do not matter."""
BROWSER = f"{sys.executable} -P -m tests.support.patient_browser %s &"
"""What Python's webbrowser starts for a reader's browser; & because it waits for the app's answer. -P: the files of
the page must not hide packages of the checkout."""

_BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "end of block"
_SECONDS = 900


@dataclass(frozen=True)
class ShownBlock:
    """A shell block, and the answer shown under it; empty where none is shown."""

    command: str
    answer: str


@pytest.mark.timeout(_SECONDS + 60)
def test_every_block_of_the_quickstart_prints_the_answer_shown(platform: Stack, demo: DemoPeople) -> None:
    page = PAGE.read_text()
    folder = platform.layout.root / "quickstart"
    shutil.rmtree(folder, ignore_errors=True)
    save_files(page, folder)
    steps = steps_in(page)
    printed = run([step.command for step in steps], platform)
    wrong = [found for step, output in zip(steps, printed, strict=True) if (found := difference(step, output))]
    assert not wrong, "".join(wrong)


def save_files(page: str, folder: Path) -> None:
    """Save each block that has a file name after its language, as the reader does."""
    folder.mkdir(parents=True)
    for _, name, text in _BLOCK.findall(page):
        if name:
            (folder / name).write_text(text)


def steps_in(page: str) -> list[ShownBlock]:
    """The shell blocks in their order; a `text` block is the answer to the one before it."""
    steps: list[ShownBlock] = []
    for language, _, text in _BLOCK.findall(page):
        if language == "sh":
            steps.append(ShownBlock(text, ""))
        elif language == "text":
            steps[-1] = ShownBlock(steps[-1].command, text)
    return steps


def run(commands: Sequence[str], platform: Stack) -> list[str]:
    """What each command prints, errors and a failing exit code included; all run in one shell, from the checkout."""
    script = "".join(f"{command}echo {_END} $?\n" for command in commands)
    environment = os.environ | {
        "CARNET_DEV_ROOT": str(platform.layout.root),
        "PYTHONPATH": str(CHECKOUT),
        "BROWSER": BROWSER,
    }
    done = subprocess.run(
        ["bash", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=CHECKOUT,
        env=environment,
        timeout=_SECONDS,
        check=False,
    )
    *printed, _ = re.split(rf"{_END} (\d+)\n", done.stdout)
    assert len(printed) == 2 * len(commands), done.stdout
    outputs, codes = printed[::2], printed[1::2]
    return [
        output if code == "0" else f"{output}exit code {code}\n" for output, code in zip(outputs, codes, strict=True)
    ]


def difference(step: ShownBlock, output: str) -> str:
    """Command and both answers where they differ; empty where they match."""
    checker = OutputChecker()
    if checker.check_output(step.answer, output, COMPARISON):
        return ""
    return step.command + checker.output_difference(Example(step.command, step.answer), output, COMPARISON)
