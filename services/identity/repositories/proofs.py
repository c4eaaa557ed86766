"""Spent proofs: what a card signed is taken once, by whichever replica sees it first."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from services.identity.tables import spent_proofs


class ProofRepository(Repository):
    """Remembers proofs until they have expired by themselves."""

    def spend(self, mark: bytes, keep_until: datetime) -> bool:
        """True the first time, False ever after."""
        row = insert(spent_proofs).values(mark=mark, keep_until=keep_until).on_conflict_do_nothing()
        return self.connection.execute(row.returning(spent_proofs.c.mark)).first() is not None

    def forget_expired_proofs(self, now: datetime) -> None:
        """Drop what the clock alone refuses by now."""
        self.connection.execute(delete(spent_proofs).where(spent_proofs.c.keep_until < now))
