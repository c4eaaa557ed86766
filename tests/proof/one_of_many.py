"""From the login of a doctor to the right one of four hundred documents, on a platform of its own."""

import os
import subprocess
import sys

from tests.journeys.test_one_of_many import MANY

SCALE = 400
_TESTS = "tests/journeys/test_one_of_many.py"


def find() -> tuple[list[str], list[str]]:
    """What the journey printed of its clicks and seconds, and what is wrong, line by line."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--quiet", "--no-header", "-s", "-p", "no:cacheprovider", _TESTS],
        env=os.environ | {MANY: str(SCALE)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    wrong = [line for line in lines if line.startswith(("E ", "FAILED", "ERROR"))]
    found = [line[line.index('{"documents"') :] for line in lines if '{"documents"' in line]
    return found, wrong or ([] if done.returncode == 0 else [f"pytest ended with {done.returncode}"])
