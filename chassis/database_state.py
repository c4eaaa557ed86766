"""What a service needs of its database before it serves from it: the step of its migrations, a clock that agrees."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from time import time

from sqlalchemy import Connection

from chassis.clocks import CLOCK_SECONDS, seconds_apart

OLDEST_SERVER = 18
"""The major version of PostgreSQL that everything is tested with."""

_CHASSIS_TABLES = ("inbox", "outbox")
_STATE = """
SELECT current_setting('server_version_num')::int / 10000, current_setting('transaction_read_only') = 'on',
    extract(epoch FROM clock_timestamp())::float8, to_regclass('alembic_version') IS NOT NULL,
    (SELECT count(*) FROM unnest(%(tables)s::text[]) AS name WHERE to_regclass(name) IS NULL)
"""
_STEP = "SELECT max(version_num) FROM alembic_version"


@dataclass(frozen=True, slots=True)
class ExpectedDatabase:
    """`step`: number of the service's newest migration in this code. `tables`: of that step."""

    step: int
    tables: tuple[str, ...]

    @classmethod
    def of(cls, service: str) -> "ExpectedDatabase":
        """That of a service, by its migrations and tables."""
        tables = importlib.import_module(f"services.{service}.tables")
        versions = Path(str(tables.__file__)).parent / "migrations" / "versions"
        step = max(int(file.name.partition("_")[0]) for file in versions.glob("[0-9]*_*.py"))
        return cls(step, (*_CHASSIS_TABLES, *sorted(tables.metadata.tables)))


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """`server`: major version. `seconds_apart`: how far its clock is from ours, at least; `step`: 0 for none."""

    server: int
    read_only: bool
    seconds_apart: float
    step: int
    lacks_tables: bool

    def missing_parts(self, expected: ExpectedDatabase) -> list[str]:
        """What keeps a service from serving.

        A step that this code does not know is of a newer version: migrations only add, so that old replicas go on
        while an upgrade is rolled out (ADR 0050).
        """
        wrong = {
            "database.version": self.server < OLDEST_SERVER,
            "database.unmigrated": self.step < expected.step or self.lacks_tables,
            "database.read_only": self.read_only,
            "clock.off": self.seconds_apart > CLOCK_SECONDS,
        }
        return [part for part, is_wrong in wrong.items() if is_wrong]


def state_of(connection: Connection, expected: ExpectedDatabase) -> DatabaseState:
    """The state of a database.

    Raises:
        SQLAlchemyError: it cannot be reached.
    """
    before = time()
    row = connection.exec_driver_sql(_STATE, {"tables": list(expected.tables)}).one()
    server, read_only, at, is_migrated, missing_tables = row
    after = time()
    step = connection.exec_driver_sql(_STEP).scalar() if is_migrated else None
    return DatabaseState(
        server=server,
        read_only=read_only,
        seconds_apart=seconds_apart(before, at, at, after),
        step=int(step or 0),
        lacks_tables=missing_tables > 0,
    )
