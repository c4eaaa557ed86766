"""Taking an extract in: staged in a table that ends with the transaction, then compared and entered set by set."""

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


class Counted(NamedTuple):
    """What an extract holds, in people, compared with who is known: before anything is entered.

    `known` came from an extract and are not retired; `left_out` are those of them the file does not name. `placeless`
    have no structure with a FINESS number, `several` more than one profession, `broken` a line that does not read.
    """

    known: int
    left_out: int
    rows: int
    placeless: int
    several: int
    broken: int


class ExtractRepository(Repository):
    """One extract's way into the directory, in one transaction."""

    def take_turn(self) -> bool:
        """Whether nobody else is taking an extract in; nobody will until the transaction ends."""
        return bool(self.connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}))

    def stage(self, lines: Iterable[Cells]) -> None:
        """Put lines on the table: rpps, title, family and given names, profession, specialty, finess, structure."""
        self.connection.exec_driver_sql(sql.STAGE)
        driver: Any = self.connection.connection.driver_connection
        with driver.cursor() as cursor:
            cursor.copy_expert(sql.COPY, _Feed(lines), size=65_536)
        self.connection.exec_driver_sql(sql.SETTLE_STAGED)

    def state(self, retired_professions: Iterable[str]) -> None:
        """Make one person of all lines with the same number; a profession that is still given goes first."""
        self.connection.execute(text(sql.STATE), {"retired": list(retired_professions)})
        self.connection.exec_driver_sql(sql.PLACES)

    def count(self) -> Counted:
        """Compare what was stated with who is known."""
        return Counted(**self.connection.execute(text(sql.COUNT)).one()._asdict())

    def enter(self, *, tells_specialties: bool) -> None:
        """Enter or renew whom the extract states, and where they work; addresses on file stay."""
        self.connection.exec_driver_sql(sql.ENTER_STRUCTURES)
        told = {"tells_specialties": tells_specialties}
        self.connection.execute(text(sql.ENTER_PROFESSIONALS), told)
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
def taking_in(database_url: str, *, keep: bool) -> Iterator[ExtractRepository]:
    """One transaction, undone at the end unless `keep`, without the deadlines of a service: an extract is long."""
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
    """Lines as COPY reads them, never more than one piece in memory."""

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
