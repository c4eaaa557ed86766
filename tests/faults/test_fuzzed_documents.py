"""Bytes nobody would write, found by following the code they reach: documents are read, or refused in our words."""

import subprocess
import sys
from pathlib import Path

from tests.unit.documents.specimens import every_kind

_RUNS = 10_000


def test_whatever_the_bytes_are_a_document_is_read_or_refused(tmp_path: Path) -> None:
    for name, document in every_kind().items():
        (tmp_path / name.replace(" ", "-")).write_bytes(document)
    fuzz = (sys.executable, "-m", "tests.support.fuzzing", str(tmp_path))
    limits = (f"-runs={_RUNS}", "-seed=1", "-max_len=30000", f"-artifact_prefix={tmp_path}/")
    done = subprocess.run((*fuzz, *limits), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]
    assert f"Done {_RUNS} runs" in done.stderr
