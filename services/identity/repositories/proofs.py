"""Spent proofs: what a card or client signed is accepted once, by whichever replica sees it first."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from services.identity.tables import spent_proofs


class ProofRepository(Repository):
    """Replay keys of proofs, stored until the proofs have expired."""

    def spend(self, replay_key: bytes, keep_until: datetime) -> bool:
        """True the first time, False ever after."""
        row = insert(spent_proofs).values(mark=replay_key, keep_until=keep_until).on_conflict_do_nothing()
        return self.connection.execute(row.returning(spent_proofs.c.mark)).first() is not None

    def is_spent(self, replay_key: bytes) -> bool:
        """Whether it was spent, and is still stored."""
        query = select(spent_proofs.c.mark).where(spent_proofs.c.mark == replay_key)
        return self.connection.execute(query).first() is not None

    def forget_expired_proofs(self, now: datetime) -> None:
        """Delete those of expired proofs."""
        self.connection.execute(delete(spent_proofs).where(spent_proofs.c.keep_until < now))
