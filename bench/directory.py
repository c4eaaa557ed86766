"""`python -m bench.directory`: makes up an extract of a million lines and measures how long taking it in takes."""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from chassis import migrate
from deploy.dev.outside import outside_from
from deploy.dev.paths import CHECKOUT
from deploy.dev.stack import Stack
from samples.annuaire import write_country
from services.identity.actions.extracts import Taken, take_extract
from services.identity.extracts import opened
from services.identity.store.extracts import taking_in

_BASE_PORT = 30_200
_ROWS = 1_000_000
_SHORTER = 0.98
_DATABASE = "directory_import"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=_ROWS)
    parser.add_argument("--port", type=int, default=_BASE_PORT)
    wanted = parser.parse_args()
    stack = Stack(CHECKOUT / "var" / "bench", wanted.port, outside_from(os.environ))
    stack.start_servers()
    try:
        with tempfile.TemporaryDirectory() as folder, _database(stack.addresses.database_admin_url) as url:
            _measure(url, Path(folder), wanted.rows)
    finally:
        stack.stop()


def _measure(url: str, folder: Path, rows: int) -> None:
    whole, shorter = folder / "whole.txt", folder / "shorter.txt"
    write_country(whole, rows)
    # The same people but for the last, in other places.
    write_country(shorter, int(rows * _SHORTER), seed=2)
    print(f"extract   {rows:,} lines, {whole.stat().st_size / 1e6:,.0f} MB; before: {_peak_mb():.0f} MB of memory")
    for name, file, count in (
        ("first", whole, rows),
        ("again", whole, rows),
        ("moved", shorter, int(rows * _SHORTER)),
    ):
        started = time.monotonic()
        taken = _take_in(url, file)
        seconds = time.monotonic() - started
        people = f"new {taken.new:,}, changed {taken.changed:,}, retired {taken.gone:,}"
        print(f"{name:9} {seconds:.1f} s, {count / seconds:,.0f} lines/s; {people}")
    print(f"memory    {_peak_mb():.0f} MB at the most")


def _take_in(url: str, file: Path) -> Taken:
    with opened(file) as extract, taking_in(url, keep=True) as store:
        return take_extract(extract, store, now=datetime.now(UTC), delta=False, may_retire=False, told=_silent)


@contextmanager
def _database(admin_url: str) -> Iterator[str]:
    admin = psycopg2.connect(admin_url)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {_DATABASE}")
        url = f"{admin_url.rpartition('/')[0]}/{_DATABASE}"
        os.environ[migrate.VARIABLE] = url
        migrate.upgrade("services.identity")
        try:
            yield url
        finally:
            cursor.execute(f"DROP DATABASE {_DATABASE} WITH (FORCE)")
    admin.close()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _silent(_done: int, _total: int) -> None:
    pass


if __name__ == "__main__":
    main()
