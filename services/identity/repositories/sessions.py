"""Sessions: every login is one, listed and ended by its holder; and those ended, for all who check tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.envelope import Actor
from contracts.identity.logins import EndedSession, LoginMethod, Session
from contracts.vocabulary import Role
from services.identity.domain.workplaces import ProviderSession
from services.identity.repositories.provider_sessions import is_of
from services.identity.tables import ended_sessions, sessions


class SessionRepository(Repository):
    """Who is logged in."""

    def begin_session(
        self, session: Session, actor: Actor, at_provider: ProviderSession | None = None, *, card: str = ""
    ) -> None:
        """Store the session of a login that succeeded.

        `at_provider`: the session there that it ends with; `card`: the professional's that began it.
        """
        at_provider = at_provider or ProviderSession()
        self.connection.execute(
            insert(sessions).values(
                session_id=session.session_id,
                role=actor.role.value,
                holder=actor.subject,
                means=session.means.value,
                device=session.device,
                started_at=session.started_at,
                until=session.until,
                profession=actor.profession or "",
                structure=actor.structure or "",
                card=card,
                provider_subject=at_provider.subject,
                provider_session=at_provider.session,
            )
        )

    def is_session(self, session_id: UUID, now: datetime) -> bool:
        """Whether a session exists and has not expired."""
        query = select(sessions.c.session_id).where(sessions.c.session_id == session_id, sessions.c.until > now)
        return self.connection.execute(query).first() is not None

    def sessions_of(self, role: Role, holder: str, now: datetime) -> Sequence[Session]:
        """Sessions that have not expired, the newest first."""
        query = select(sessions).where(
            sessions.c.role == role.value, sessions.c.holder == holder, sessions.c.until > now
        )
        rows = self.connection.execute(query.order_by(sessions.c.started_at.desc(), sessions.c.session_id))
        return [
            Session(
                session_id=row.session_id,
                means=LoginMethod(row.means),
                device=row.device,
                started_at=row.started_at,
                until=row.until,
            )
            for row in rows
        ]

    def end_sessions(self, role: Role, holder: str, now: datetime, *, only: UUID | None = None, but: str = "") -> int:
        """End one session of a holder, or all `but` one; returns how many ended."""
        mine = (sessions.c.role == role.value) & (sessions.c.holder == holder) & (sessions.c.until > now)
        if only is not None:
            mine &= sessions.c.session_id == only
        elif but:
            mine &= sessions.c.session_id != UUID(but)
        return len(self._end_sessions(mine, now))

    def end_sessions_of_agents(self, client_id: str, now: datetime) -> int:
        """End the sessions of all agents of an organisation; returns how many ended."""
        mine = sessions.c.holder.startswith(f"{client_id}:", autoescape=True) & (sessions.c.until > now)
        return len(self._end_sessions((sessions.c.role == Role.AGENT.value) & mine, now))

    def end_sessions_with(self, software: str, now: datetime, *, means: LoginMethod | None = None) -> int:
        """End the sessions of all who work with a software, or those begun by `means`; returns how many ended."""
        mine = (sessions.c.role == Role.PROFESSIONAL.value) & (sessions.c.device == software)
        if means is not None:
            mine &= sessions.c.means == means.value
        return len(self._end_sessions(mine & (sessions.c.until > now), now))

    def end_sessions_at_provider(self, ended: ProviderSession, now: datetime) -> Sequence[str]:
        """End what a session at Pro Santé Connect opened; returns the holder of each."""
        return self._end_sessions(is_of(ended, sessions) & (sessions.c.until > now), now)

    def _end_sessions(self, which: ColumnElement[bool], now: datetime) -> Sequence[str]:
        gone = self.connection.execute(
            delete(sessions).where(which).returning(sessions.c.session_id, sessions.c.holder, sessions.c.until)
        ).all()
        for row in gone:
            self.connection.execute(
                insert(ended_sessions).values(session_id=row.session_id, until=row.until, ended_at=now)
            )
        return [row.holder for row in gone]

    def ended_since(self, since: datetime, now: datetime) -> Sequence[EndedSession]:
        """Those ended since then whose tokens have not expired."""
        query = select(ended_sessions).where(ended_sessions.c.ended_at > since, ended_sessions.c.until > now)
        return [EndedSession(session=str(row.session_id), until=row.until) for row in self.connection.execute(query)]

    def forget_sessions(self, now: datetime) -> None:
        """Delete what has expired."""
        for table in (sessions, ended_sessions):
            self.connection.execute(delete(table).where(table.c.until <= now))
