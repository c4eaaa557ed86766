"""Importing an extract: staged in a temporary table, then compared and entered set by set, in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from chassis.repository import Repository
from services.identity.repositories import extract_sql as sql

_LOCK = 0x0A44_1E55
_NULL = "\\N"

Cells = Sequence[str | None]


class ExtractCounts(NamedTuple):
    """The people in an extract, compared with those known before anything is entered.

    `known` came from an extract and are not retired; `left_out` are those of them the file does not name. `people`
    are those in the file whose lines can all be read; of them `placeless` have no structure with a FINESS number,
    `several` more than one profession. `broken` have a line that cannot be read.
    """

    known: int
    left_out: int
    people: int
    placeless: int
    several: int
    broken: int


class ExtractRepository(Repository):
    """The steps of importing one extract, in one transaction."""

    def lock_imports(self) -> bool:
        """Keep other imports out until the transaction ends; False where one is under way."""
        return bool(self.connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}))

    def stage(self, lines: Iterable[Cells]) -> None:
        """Copy lines to the staging table; their cells are the fields of ExtractRow, in order."""
        self.connection.exec_driver_sql(sql.STAGE)
        driver: Any = self.connection.connection.driver_connection
        with driver.cursor() as cursor:
            cursor.copy_expert(sql.COPY, _Feed(lines), size=65_536)
        self.connection.exec_driver_sql(sql.SETTLE_STAGED)

    def merge_lines(self, retired_professions: Iterable[str]) -> None:
        """Make one person of all lines with the same number; a profession that is not retired takes precedence."""
        self.connection.execute(text(sql.MERGE_LINES), {"retired": list(retired_professions)})
        self.connection.exec_driver_sql(sql.PLACES)

    def count(self) -> ExtractCounts:
        """Compare those stated with those known."""
        return ExtractCounts(**self.connection.execute(text(sql.COUNT)).one()._asdict())

    def enter(self, *, has_specialties: bool) -> None:
        """Enter or renew whom the extract states, and where they work; known addresses stay."""
        self.connection.exec_driver_sql(sql.ENTER_STRUCTURES)
        self.connection.execute(text(sql.ENTER_PROFESSIONALS), {"has_specialties": has_specialties})
        self.connection.exec_driver_sql(sql.END_PRACTICES)
        self.connection.exec_driver_sql(sql.BEGIN_PRACTICES)

    def enter_specialties(self, *, whole: bool) -> None:
        """Renew the specialties of those named; of everybody, where the extract is whole."""
        self.connection.execute(text(sql.ENTER_SPECIALTIES), {"whole": whole})

    def retire(self, now: datetime) -> int:
        """Retire those who came from an extract and are not in this one; how many."""
        return self.connection.execute(text(sql.RETIRE), {"now": now}).rowcount

    def entered(self) -> tuple[int, int]:
        """How many people are new, and how many others have changed."""
        row = self.connection.execute(text(sql.COUNT_TOUCHED)).one()
        return row.new, row.changed


@contextmanager
def import_transaction(database_url: str, *, keep: bool) -> Iterator[ExtractRepository]:
    """One transaction without the timeouts of a service, since an import is long; rolled back unless `keep`."""
    engine = create_engine(
        database_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        poolclass=NullPool,
        connect_args={"connect_timeout": 5, "client_encoding": "UTF8"},
    )
    with engine.connect() as connection, connection.begin() as transaction:
        yield ExtractRepository(connection)
        if not keep:
            transaction.rollback()


class _Feed:
    """Lines as COPY reads them, never more than one chunk in memory."""

    def __init__(self, lines: Iterable[Cells]) -> None:
        self._rows = ("\t".join(map(_cell, line)) + "\n" for line in lines)
        self._left = b""

    def read(self, size: int) -> bytes:
        parts, length = [self._left], len(self._left)
        while length < size and (row := next(self._rows, "")):
            parts.append(row.encode())
            length += len(parts[-1])
        whole = b"".join(parts)
        self._left = whole[size:]
        return whole[:size]


def _cell(value: str | None) -> str:
    if value is None:
        return _NULL
    return value.replace("\\", "\\\\").replace("\t", "\\t")
