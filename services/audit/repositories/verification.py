"""The whole journal from its first line to its last, in batches, in one snapshot."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Select, create_engine, func, select, text, tuple_
from sqlalchemy.pool import NullPool

from chassis.repository import is_one_of
from services.audit.domain.months import Month
from services.audit.domain.strands import StoredLine, Strand
from services.audit.repositories.heads import StoredHead
from services.audit.repositories.journal import JournalRepository
from services.audit.tables import heads, journal, partitions, strands, tiles

_BATCH = 2_000
_ARCHIVED = "archived"


class VerificationRepository(JournalRepository):
    """Reads all lines, strands, heads and tiles in order."""

    def archived_months(self) -> list[Month]:
        """Archived months, oldest first."""
        query = select(partitions).where(partitions.c.state == _ARCHIVED).order_by(partitions.c.month)
        return [month_from(row) for row in self.connection.execute(query)]

    def lines_in_order(self, *, of: Iterable[UUID] | None = None) -> Iterator[list[StoredLine]]:
        """Batches of the lines in the database, of all strands or some, by position."""
        query = select(journal).order_by(journal.c.position, journal.c.recorded_at).limit(_BATCH)
        if of is not None:
            query = query.where(is_one_of(journal.c.strand, of))
        batch = self._lines(query)
        while batch:
            yield batch
            last = tuple_(batch[-1].position, batch[-1].recorded_at)
            batch = self._lines(query.where(tuple_(journal.c.position, journal.c.recorded_at) > last))

    def strands_in_order(self) -> Iterator[Sequence[Strand]]:
        """Batches of all strands."""
        query = select(strands.c.strand).order_by(strands.c.strand).limit(_BATCH)
        for ids in _pages(self, query, strands.c.strand):
            yield list(self.strands_by_id(ids).values())

    def heads_in_order(self) -> Iterator[StoredHead]:
        """All signed heads, the smallest first."""
        for sizes in _pages(self, select(heads.c.size).order_by(heads.c.size).limit(_BATCH), heads.c.size):
            page = select(heads).where(is_one_of(heads.c.size, sizes)).order_by(heads.c.size)
            yield from (StoredHead(**row._asdict()) for row in self.connection.execute(page))

    def tile_or_empty(self, level: int, number: int) -> bytes:
        """The hashes of one tile; empty where there is none."""
        query = select(tiles.c.hashes).where(tiles.c.level == level, tiles.c.number == number)
        return bytes(self.connection.scalar(query) or b"")

    def count_tiles(self) -> int:
        return int(self.connection.scalar(select(func.count()).select_from(tiles)) or 0)


@contextmanager
def snapshot(database_url: str) -> Iterator[VerificationRepository]:
    """A read-only view of the journal as it is now, whatever is appended meanwhile."""
    engine = create_engine(
        database_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        isolation_level="REPEATABLE READ",
        poolclass=NullPool,
        connect_args={"connect_timeout": 5},
    )
    with engine.begin() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        yield VerificationRepository(connection)


def month_from(row: Any) -> Month:
    """The month of a row of `partitions`."""
    return Month(
        month=row.month,
        first_position=row.first_position,
        last_position=row.last_position,
        object_key=row.object_key,
        sha256=None if row.sha256 is None else bytes(row.sha256),
    )


def _pages(repository: VerificationRepository, query: Select[Any], key: Any) -> Iterator[list[Any]]:
    page = list(repository.connection.execute(query).scalars())
    while page:
        yield page
        page = list(repository.connection.execute(query.where(key > page[-1])).scalars())
