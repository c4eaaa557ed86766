"""`python -m bench.directory`: generates an extract of a million lines and measures how long its import takes."""

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.scratch import peak_mb, scratch_database, silent
from samples.annuaire import write_national_extract
from services.identity.extract_import import ImportResult, import_extract
from services.identity.extracts import open_extract
from services.identity.repositories.extracts import import_transaction

_BASE_PORT = 30_200
_ROWS = 1_000_000
_SHORTER = 0.98


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=_ROWS)
    parser.add_argument("--port", type=int, default=_BASE_PORT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scratch_database("identity", options.port) as url:
        _measure(url, Path(folder), options.rows)


def _measure(url: str, folder: Path, rows: int) -> None:
    whole, shorter = folder / "whole.txt", folder / "shorter.txt"
    write_national_extract(whole, rows)
    # The same people without the last ones, and with other structures.
    write_national_extract(shorter, int(rows * _SHORTER), seed=2)
    print(f"extract   {rows:,} lines, {whole.stat().st_size / 1e6:,.0f} MB; before: {peak_mb():.0f} MB of memory")
    for name, file, count in (
        ("first", whole, rows),
        ("again", whole, rows),
        ("moved", shorter, int(rows * _SHORTER)),
    ):
        started = time.monotonic()
        result = _import(url, file)
        seconds = time.monotonic() - started
        people = f"new {result.new:,}, changed {result.changed:,}, retired {result.gone:,}"
        print(f"{name:9} {seconds:.1f} s, {count / seconds:,.0f} lines/s; {people}")
    print(f"memory    {peak_mb():.0f} MB at the most")


def _import(url: str, file: Path) -> ImportResult:
    with open_extract(file) as extract, import_transaction(url, keep=True) as repository:
        return import_extract(
            extract, repository, now=datetime.now(UTC), delta=False, may_retire=False, on_progress=silent
        )


if __name__ == "__main__":
    main()
