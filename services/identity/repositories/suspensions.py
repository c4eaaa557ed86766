"""Suspensions of professionals, and sessions that what the platform knows now no longer supports."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import is_one_of
from contracts.identity.suspensions import ActiveSuspension, SuspensionCause
from contracts.vocabulary import Role, Rpps
from services.identity.repositories.sessions import SessionRepository
from services.identity.tables import practices, professional_suspensions, professionals, sessions


class SuspensionRepository(SessionRepository):
    """Who is suspended, and which sessions end for it."""

    def suspend_professional(self, rpps: Rpps, cause: SuspensionCause, now: datetime) -> None:
        """Suspend on a cause; of one that is on file already, the moment does not change."""
        row = insert(professional_suspensions).values(rpps=rpps, cause=cause.value, since=now)
        self.connection.execute(row.on_conflict_do_nothing())

    def lift_suspension(self, rpps: Rpps, cause: SuspensionCause) -> None:
        """Lift the suspension on a cause, if there is one."""
        columns = professional_suspensions.c
        lifted = delete(professional_suspensions).where(columns.rpps == rpps, columns.cause == cause.value)
        self.connection.execute(lifted)

    def suspensions_of(self, rpps: Rpps) -> tuple[ActiveSuspension, ...]:
        """What suspends a professional, by cause."""
        columns = professional_suspensions.c
        query = select(columns.cause, columns.since).where(columns.rpps == rpps).order_by(columns.cause)
        rows = self.connection.execute(query)
        return tuple(ActiveSuspension(cause=SuspensionCause(row.cause), since=row.since) for row in rows)

    def cards_in_use(self, now: datetime) -> Sequence[str]:
        """The cards that began sessions which last."""
        query = select(sessions.c.card).distinct().where(sessions.c.card != "", sessions.c.until > now)
        return self.connection.scalars(query).all()

    def end_sessions_by_cards(self, cards: Collection[str], now: datetime) -> Sequence[str]:
        """End what these cards began; returns the holder of each session."""
        return self._end_sessions(is_one_of(sessions.c.card, cards) & (sessions.c.until > now), now)

    def end_sessions_of_suspended(self, now: datetime) -> Sequence[str]:
        """End the sessions of suspended professionals; returns the holder of each."""
        is_suspended = exists().where(professional_suspensions.c.rpps == sessions.c.holder)
        return self._end_sessions(_of_professionals(now) & is_suspended, now)

    def end_sessions_unlisted(self, now: datetime) -> Sequence[str]:
        """End the sessions of professionals whom the directory does not list so any more; the holder of each."""
        is_listed = exists().where(
            professionals.c.rpps == sessions.c.holder,
            professionals.c.retired_at.is_(None),
            or_(sessions.c.profession == "", professionals.c.profession == sessions.c.profession),
        )
        works_there = exists().where(
            practices.c.rpps == sessions.c.holder, practices.c.finess == sessions.c.structure
        )
        is_supported = and_(is_listed, or_(sessions.c.structure == "", works_there))
        return self._end_sessions(_of_professionals(now) & ~is_supported, now)


def _of_professionals(now: datetime) -> ColumnElement[bool]:
    return (sessions.c.role == Role.PROFESSIONAL.value) & (sessions.c.until > now)
