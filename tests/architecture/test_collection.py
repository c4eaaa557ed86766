"""Every process collects the same tests, whenever it starts: those of a parallel run compare their lists."""

import os
import subprocess
import sys

import pytest


@pytest.mark.timeout(600)
def test_another_process_collects_the_same_tests_in_their_order(request: pytest.FixtureRequest) -> None:
    """A name that the clock, chance or the hash seed decides keeps a parallel run from starting."""
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider", "tests"],
        cwd=request.config.rootpath,
        env=os.environ | {"PYTHONHASHSEED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=500,
    )
    own = [item.nodeid for item in request.session.items]
    known = set(own)
    assert [line for line in collected.stdout.splitlines() if line in known] == own
