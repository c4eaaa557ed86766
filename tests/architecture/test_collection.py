"""Every process collects the same tests, whenever it starts: those of a parallel run compare their lists."""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable

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
    own = _by_file(item.nodeid for item in request.session.items)
    others = _by_file(collected.stdout.splitlines())
    # Of a file of which this process was asked for some tests, those.
    chosen = {file: [name for name in others[file] if name in names] for file, names in own.items()}
    assert chosen == own


def _by_file(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[name.partition("::")[0]].append(name)
    return found
