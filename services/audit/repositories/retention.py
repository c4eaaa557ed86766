"""Months of the journal on their way out: found, locked, and taken off the journal once they lie in the archive."""

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
    """Takes old months off the journal."""

    def oldest_attached(self, before: date) -> Month | None:
        """The oldest month that is over and begins before that day; nobody else treats it until the end."""
        wanted = (
            (partitions.c.state == _ATTACHED)
            & (partitions.c.month < before)
            & partitions.c.last_position.is_not(None)
        )
        query = (
            select(partitions).where(wanted).order_by(partitions.c.month).limit(1).with_for_update(skip_locked=True)
        )
        row = self.connection.execute(query).one_or_none()
        return None if row is None else month_from(row)

    def lines_between(self, first: int, last: int) -> Iterator[list[StoredLine]]:
        """Batches of the lines at these positions, both included."""
        for start in range(first, last + 1, _BATCH):
            within = journal.c.position.between(start, min(start + _BATCH - 1, last))
            yield self._lines(select(journal).where(within).order_by(journal.c.position, journal.c.recorded_at))

    def let_go(self, month: Month, object_key: str, sha256: bytes) -> None:
        """Drop the month's lines; tiles, strands and heads stay.

        Readers and writers wait for a moment only: what cannot be locked within seconds is left for another time.
        """
        name = f"journal_{month.month:%Y_%m}"
        self.connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        self.connection.execute(text(f'ALTER TABLE journal DETACH PARTITION "{name}"'))
        self.connection.execute(text(f'DROP TABLE "{name}"'))
        row = update(partitions).where(partitions.c.month == month.month)
        self.connection.execute(row.values(state=_ARCHIVED, object_key=object_key, sha256=sha256))


@contextmanager
def taking_months_off(database_url: str) -> Iterator[RetentionRepository]:
    """One transaction, kept if all goes well, without the deadlines of a service: a month may be long."""
    engine = create_engine(
        database_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        poolclass=NullPool,
        connect_args={"connect_timeout": 5},
    )
    with engine.begin() as connection:
        yield RetentionRepository(connection)
