"""`python -m bench.rotation`: time the re-wrapping of 100,000 keys under a second master key."""

import argparse
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import create_engine, insert
from sqlalchemy.pool import NullPool

from bench.scratch import scratch_database, silent
from services.documents.domain import State
from services.documents.keepers import FileKeyKeeper, KeyKeeper
from services.documents.repositories.inventory import open_inventory
from services.documents.rotation import Rotation
from services.documents.tables import contents
from services.documents.vault import FRAME_SIZE, new_data_key

_BASE_PORT = 30_200
_KEYS = 100_000
_ROWS_PER_INSERT = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=_KEYS)
    parser.add_argument("--port", type=int, default=_BASE_PORT)
    arguments = parser.parse_args()
    with scratch_database("documents", arguments.port) as url:
        _measure(url, arguments.keys)


def _measure(url: str, count: int) -> None:
    first, second = secrets.token_bytes(32), secrets.token_bytes(32)
    _fill(url, FileKeyKeeper(first), count)
    started = time.monotonic()
    with open_inventory(url) as inventory:
        report = Rotation(inventory, FileKeyKeeper(second, first), silent).run()
        seconds = time.monotonic() - started
        assert (report.rewrapped, report.left, len(report.damaged)) == (count, 0, 0)
        again = time.monotonic()
        assert Rotation(inventory, FileKeyKeeper(second, first), silent).run().rewrapped == 0
    print(f"wrapped anew  {count:,} keys in {seconds:.1f} s, {count / seconds:,.0f} keys/s")
    print(f"once more     nothing to do, in {(time.monotonic() - again) * 1000:.0f} ms")


def _fill(url: str, keeper: KeyKeeper, count: int) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://", 1), poolclass=NullPool)
    for start in range(0, count, _ROWS_PER_INSERT):
        with engine.begin() as connection:
            rows = [_row(keeper) for _ in range(min(_ROWS_PER_INSERT, count - start))]
            connection.execute(insert(contents), rows)


def _row(keeper: KeyKeeper) -> dict[str, object]:
    wrapped = keeper.wrap(new_data_key())
    return {
        "patient_id": UUID(int=secrets.randbits(128)),
        "content_id": uuid4(),
        "state": State.KEPT.value,
        "object_key": secrets.token_hex(34),
        "size": 139_000,
        "frame_size": FRAME_SIZE,
        "sha256": secrets.token_bytes(32),
        "key_id": wrapped.key_id,
        "wrapped_key": wrapped.sealed,
        "staged_at": datetime.now(UTC),
    }


if __name__ == "__main__":
    main()
