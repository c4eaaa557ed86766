"""Browsers that are logged in on the platform's own pages, each by the hash of its token."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.vocabulary import Finess, Role
from services.identity.browser_tables import browser_sessions
from services.identity.tables import sessions, structures


@dataclass(frozen=True)
class BrowserSession:
    """A browser's session: whose it is, how they work (empty for patients), until when, and when it was last used."""

    session_id: UUID
    role: Role
    holder: str
    software: str
    structure: Finess
    workplace: str
    until: datetime
    used_at: datetime


class BrowserSessionRepository(Repository):
    """Rows are deleted with their session, which is what ends."""

    def put_browser_session(self, token: bytes, session_id: UUID, until: datetime, now: datetime) -> None:
        """Store the token of a session, which from now on lasts until then."""
        self.connection.execute(update(sessions).where(sessions.c.session_id == session_id).values(until=until))
        self.connection.execute(insert(browser_sessions).values(token=token, session_id=session_id, used_at=now))

    def browser_session(self, token: bytes, now: datetime) -> BrowserSession | None:
        """The session of a token, if it lasts."""
        query = (
            select(sessions, browser_sessions.c.used_at, func.coalesce(structures.c.name, "").label("workplace"))
            .join(browser_sessions, browser_sessions.c.session_id == sessions.c.session_id)
            .outerjoin(structures, structures.c.finess == sessions.c.structure)
            .where(browser_sessions.c.token == token, sessions.c.until > now)
        )
        row = self.connection.execute(query).first()
        if row is None:
            return None
        return BrowserSession(
            session_id=row.session_id,
            role=Role(row.role),
            holder=row.holder,
            software=row.device,
            structure=Finess(row.structure),
            workplace=row.workplace,
            until=row.until,
            used_at=row.used_at,
        )

    def use_browser_session(self, token: bytes, now: datetime) -> None:
        """Note that it was used."""
        self.connection.execute(update(browser_sessions).where(browser_sessions.c.token == token).values(used_at=now))
