"""Fuzzes the document readers, guided by coverage: a document is parsed or refused, and nothing else is raised."""

import subprocess
import sys
from pathlib import Path

from tests.unit.documents.specimens import every_kind

_RUNS = 10_000


def test_fuzzed_documents_are_parsed_or_refused(tmp_path: Path) -> None:
    for name, document in every_kind().items():
        (tmp_path / name.replace(" ", "-")).write_bytes(document)
    fuzz = (sys.executable, "-m", "tests.support.fuzzing", str(tmp_path))
    limits = (f"-runs={_RUNS}", "-seed=1", "-max_len=30000", f"-artifact_prefix={tmp_path}/")
    done = subprocess.run((*fuzz, *limits), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]
    assert f"Done {_RUNS} runs" in done.stderr
