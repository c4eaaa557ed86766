"""What apps ask patients for, while the patients make up their minds."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.identity import AuthorizationParameters
from services.identity.tables import authorizations


class AuthorizationRepository(Repository):
    """Requests that wait; each belongs to the browser that came with it."""

    def put_authorization(
        self, request_id: UUID, asked: AuthorizationParameters, browser: bytes | None, expires_at: datetime
    ) -> None:
        """Keep a request; without a browser it was pushed, and waits for one."""
        self.connection.execute(
            insert(authorizations).values(
                request_id=request_id,
                client_id=asked.client_id,
                parameters=msgspec.json.encode(asked).decode(),
                browser=browser,
                expires_at=expires_at,
            )
        )

    def take_pushed(
        self, request_id: UUID, client_id: str, browser: bytes, *, now: datetime, expires_at: datetime
    ) -> AuthorizationParameters | None:
        """What was pushed, from now on this browser's; None when it is gone, another client's, or was taken."""
        waiting = (
            (authorizations.c.request_id == request_id)
            & (authorizations.c.client_id == client_id)
            & (authorizations.c.expires_at > now)
            & authorizations.c.browser.is_(None)
        )
        taken = update(authorizations).where(waiting).values(browser=browser, expires_at=expires_at)
        return parameters_in(self.connection.scalar(taken.returning(authorizations.c.parameters)))

    def authorization(self, request_id: UUID, browser: bytes, now: datetime) -> AuthorizationParameters | None:
        """A request as its browser asks for it."""
        query = select(authorizations.c.parameters).where(mine(request_id, browser, now))
        return parameters_in(self.connection.scalar(query))

    def take_authorization(self, request_id: UUID, browser: bytes, now: datetime) -> AuthorizationParameters | None:
        """The same, and it waits no more."""
        taken = delete(authorizations).where(mine(request_id, browser, now)).returning(authorizations.c.parameters)
        return parameters_in(self.connection.scalar(taken))

    def forget_expired_authorizations(self, now: datetime) -> None:
        """Drop what nobody answered in time."""
        self.connection.execute(delete(authorizations).where(authorizations.c.expires_at <= now))


def mine(request_id: UUID, browser: bytes, now: datetime) -> ColumnElement[bool]:
    """A request that still waits, and is this browser's."""
    return (
        (authorizations.c.request_id == request_id)
        & (authorizations.c.browser == browser)
        & (authorizations.c.expires_at > now)
    )


def parameters_in(text: str | None) -> AuthorizationParameters | None:
    """What was asked, as it is kept."""
    return None if text is None else msgspec.json.decode(text, type=AuthorizationParameters)
