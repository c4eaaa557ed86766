"""Signed heads on their shelf: kept for ever, one for each size."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from services.audit.domain.notes import Head
from services.audit.tables import heads

_ONE_SIGNER = 20_261_124
"""Of the database's advisory locks, the one for whoever signs."""


class KeptHead(msgspec.Struct, frozen=True, kw_only=True):
    """A signed head as it is kept."""

    size: int
    at: datetime
    note: str
    timestamp: bytes | None = None


class HeadRepository(Repository):
    """Keeps signed heads and finds them."""

    def may_sign(self) -> bool:
        """Whether nobody else is signing; holds until the transaction is over."""
        return bool(self.connection.scalar(select(func.pg_try_advisory_xact_lock(_ONE_SIGNER))))

    def newest_head(self) -> KeptHead | None:
        """The head of the largest tree."""
        found = self.heads_below(None, 1)
        return found[0] if found else None

    def head_of(self, size: int) -> KeptHead | None:
        """The head of that size."""
        row = self.connection.execute(select(heads).where(heads.c.size == size)).one_or_none()
        return None if row is None else KeptHead(**row._asdict())

    def heads_below(self, size: int | None, count: int) -> Sequence[KeptHead]:
        """Heads of trees smaller than that, the largest first."""
        query = select(heads).order_by(heads.c.size.desc()).limit(count)
        if size is not None:
            query = query.where(heads.c.size < size)
        return [KeptHead(**row._asdict()) for row in self.connection.execute(query)]

    def keep_head(self, head: Head, note: str) -> None:
        """Keep a new head."""
        self.connection.execute(insert(heads).values(size=head.size, at=head.at, note=note))

    def unstamped_head(self, since: datetime) -> KeptHead | None:
        """The newest head without a time-stamp, signed since then."""
        wanted = heads.c.timestamp.is_(None) & (heads.c.at >= since)
        row = self.connection.execute(
            select(heads).where(wanted).order_by(heads.c.size.desc()).limit(1)
        ).one_or_none()
        return None if row is None else KeptHead(**row._asdict())

    def stamp_head(self, size: int, timestamp: bytes) -> None:
        """Keep the time-stamp of a head; the first one stays."""
        unstamped = (heads.c.size == size) & heads.c.timestamp.is_(None)
        self.connection.execute(update(heads).where(unstamped).values(timestamp=timestamp))
