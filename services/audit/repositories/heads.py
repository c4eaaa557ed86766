"""Signed tree heads: never deleted, one for each tree size."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from services.audit.domain.notes import Head
from services.audit.tables import heads

_ONE_SIGNER = 20_261_124
"""Number of the advisory lock that a signer holds."""


class StoredHead(msgspec.Struct, frozen=True, kw_only=True):
    """A signed head as stored; `timestamp`: RFC 3161 token, DER."""

    size: int
    at: datetime
    note: str
    timestamp: bytes | None = None


class HeadRepository(Repository):
    """Adds and finds signed heads."""

    def lock_signing(self) -> bool:
        """Take the lock of signers until the transaction ends; False if another process holds it."""
        return bool(self.connection.scalar(select(func.pg_try_advisory_xact_lock(_ONE_SIGNER))))

    def wait_for_signers(self) -> None:
        """Take the same lock, waiting for who holds it."""
        self.connection.execute(select(func.pg_advisory_xact_lock(_ONE_SIGNER)))

    def newest_head(self) -> StoredHead | None:
        """The head of the largest tree."""
        found = self.heads_below(None, 1)
        return found[0] if found else None

    def head_of(self, size: int) -> StoredHead | None:
        """The head of that size."""
        row = self.connection.execute(select(heads).where(heads.c.size == size)).one_or_none()
        return None if row is None else StoredHead(**row._asdict())

    def heads_below(self, size: int | None, count: int) -> Sequence[StoredHead]:
        """Heads of trees smaller than that, the largest first."""
        query = select(heads).order_by(heads.c.size.desc()).limit(count)
        if size is not None:
            query = query.where(heads.c.size < size)
        return [StoredHead(**row._asdict()) for row in self.connection.execute(query)]

    def add_head(self, head: Head, note: str) -> None:
        """Add a head."""
        self.connection.execute(insert(heads).values(size=head.size, at=head.at, note=note))

    def unstamped_head(self, since: datetime) -> StoredHead | None:
        """The newest head without a time-stamp, signed since then."""
        condition = heads.c.timestamp.is_(None) & (heads.c.at >= since)
        row = self.connection.execute(
            select(heads).where(condition).order_by(heads.c.size.desc()).limit(1)
        ).one_or_none()
        return None if row is None else StoredHead(**row._asdict())

    def stamp_head(self, size: int, timestamp: bytes) -> None:
        """Store the time-stamp of a head, unless it has one."""
        unstamped = (heads.c.size == size) & heads.c.timestamp.is_(None)
        self.connection.execute(update(heads).where(unstamped).values(timestamp=timestamp))
