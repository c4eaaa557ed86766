"""Months of the journal that are archived: found, locked, and dropped from the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import create_engine, select, text, update
from sqlalchemy.pool import NullPool

from services.audit.domain.months import Month
from services.audit.domain.strands import StoredLine
from services.audit.repositories.verification import VerificationRepository, month_from
from services.audit.tables import journal, partitions

_ATTACHED, _ARCHIVED = "attached", "archived"
_BATCH = 2_000


class RetentionRepository(VerificationRepository):
    """Finds and drops old months."""

    def oldest_attached(self, before: date) -> Month | None:
        """The oldest month that is over and begins before that day, locked until the transaction ends."""
        condition = (
            (partitions.c.state == _ATTACHED)
            & (partitions.c.month < before)
            & partitions.c.last_position.is_not(None)
        )
        query = (
            select(partitions)
            .where(condition)
            .order_by(partitions.c.month)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self.connection.execute(query).one_or_none()
        return None if row is None else month_from(row)

    def lines_between(self, first: int, last: int) -> Iterator[list[StoredLine]]:
        """Batches of the lines at these positions, both included."""
        for start in range(first, last + 1, _BATCH):
            within = journal.c.position.between(start, min(start + _BATCH - 1, last))
            yield self._lines(select(journal).where(within).order_by(journal.c.position, journal.c.recorded_at))

    def drop_month(self, month: Month, object_key: str, sha256: bytes) -> None:
        """Drop the month's lines; tiles, strands and heads stay.

        The lock blocks readers and writers only briefly; not got within 2 seconds, the transaction fails.
        """
        name = f"journal_{month.month:%Y_%m}"
        self.connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        self.connection.execute(text(f'ALTER TABLE journal DETACH PARTITION "{name}"'))
        self.connection.execute(text(f'DROP TABLE "{name}"'))
        row = update(partitions).where(partitions.c.month == month.month)
        self.connection.execute(row.values(state=_ARCHIVED, object_key=object_key, sha256=sha256))


@contextmanager
def retention_transaction(database_url: str) -> Iterator[RetentionRepository]:
    """One transaction without the timeouts of a service, since a month may have many lines."""
    engine = create_engine(
        database_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        poolclass=NullPool,
        connect_args={"connect_timeout": 5},
    )
    with engine.begin() as connection:
        yield RetentionRepository(connection)
