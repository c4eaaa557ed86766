"""Authorization requests of apps, until the patient answers."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.identity.oauth import AuthorizationParameters
from services.identity.tables import authorizations


class AuthorizationRepository(Repository):
    """Waiting requests; each belongs to the browser that presented it."""

    def put_authorization(
        self, request_id: UUID, parameters: AuthorizationParameters, browser: bytes | None, expires_at: datetime
    ) -> None:
        """Store a request; without a browser it was pushed, and waits for one."""
        self.connection.execute(
            insert(authorizations).values(
                request_id=request_id,
                client_id=parameters.client_id,
                parameters=msgspec.json.encode(parameters).decode(),
                browser=browser,
                expires_at=expires_at,
            )
        )

    def take_pushed(
        self, request_id: UUID, client_id: str, browser: bytes, *, now: datetime, expires_at: datetime
    ) -> AuthorizationParameters | None:
        """Bind a pushed request to this browser; None where it is expired, another client's, or bound."""
        waiting = (
            (authorizations.c.request_id == request_id)
            & (authorizations.c.client_id == client_id)
            & (authorizations.c.expires_at > now)
            & authorizations.c.browser.is_(None)
        )
        taken = update(authorizations).where(waiting).values(browser=browser, expires_at=expires_at)
        return parameters_in(self.connection.scalar(taken.returning(authorizations.c.parameters)))

    def authorization(self, request_id: UUID, browser: bytes, now: datetime) -> AuthorizationParameters | None:
        """A waiting request of this browser."""
        query = select(authorizations.c.parameters).where(is_waiting(request_id, browser, now))
        return parameters_in(self.connection.scalar(query))

    def take_authorization(self, request_id: UUID, browser: bytes, now: datetime) -> AuthorizationParameters | None:
        """Delete and return a waiting request of this browser."""
        taken = (
            delete(authorizations).where(is_waiting(request_id, browser, now)).returning(authorizations.c.parameters)
        )
        return parameters_in(self.connection.scalar(taken))

    def forget_expired_authorizations(self, now: datetime) -> None:
        """Delete requests that nobody answered in time."""
        self.connection.execute(delete(authorizations).where(authorizations.c.expires_at <= now))


def is_waiting(request_id: UUID, browser: bytes, now: datetime) -> ColumnElement[bool]:
    """Condition: the request has not expired, and is this browser's."""
    return (
        (authorizations.c.request_id == request_id)
        & (authorizations.c.browser == browser)
        & (authorizations.c.expires_at > now)
    )


def parameters_in(text: str | None) -> AuthorizationParameters | None:
    """Decode the stored parameters."""
    return None if text is None else msgspec.json.decode(text, type=AuthorizationParameters)
