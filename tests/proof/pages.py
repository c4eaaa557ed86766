"""Every page in every combination of language, colours and width, on a platform of its own, each with a picture."""

import os
import subprocess
import sys
from pathlib import Path

from tests.journeys.test_every_page import ALL
from tests.support.page_walk import COMBINATIONS

SCALE = len(COMBINATIONS)
_TESTS = "tests/journeys/test_every_page.py"


def walk(pictures: Path) -> list[str]:
    """What pytest says is wrong, line by line; empty if nothing is."""
    pictures.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--quiet", "--no-header", "-p", "no:cacheprovider", _TESTS],
        env=os.environ | {ALL: str(pictures.absolute())},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    wrong = [line for line in done.stdout.splitlines() if line.startswith(("E ", "FAILED", "ERROR"))]
    return wrong or ([] if done.returncode == 0 else [f"pytest ended with {done.returncode}"])
