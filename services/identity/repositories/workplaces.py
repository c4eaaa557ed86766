"""Professionals brought by their software: who was confirmed in a browser, and what the software holds of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.identity import AuthorizationParameters, Workplace
from contracts.vocabulary import Finess, Rpps
from services.identity.domain.workplaces import SESSION_LIFE, ProfessionalCode
from services.identity.repositories.authorizations import mine, parameters_in
from services.identity.tables import (
    authorizations,
    professional_codes,
    professional_refresh_tokens,
    structures,
)


@dataclass(frozen=True)
class ProfessionalRefresh:
    """A refresh token and the session it goes on with."""

    session_id: UUID
    client_id: str
    rpps: Rpps
    structure: Finess
    until: datetime
    used_at: datetime | None = None


class WorkplaceRepository(Repository):
    """What is kept between the browser's coming and the session's end."""

    def confirm_professional(self, request_id: UUID, browser: bytes, rpps: Rpps, now: datetime) -> None:
        """Pro Santé Connect has confirmed this professional in this browser."""
        confirmed = update(authorizations).where(mine(request_id, browser, now)).values(rpps=rpps)
        self.connection.execute(confirmed)

    def professional_in(self, request_id: UUID, browser: bytes, now: datetime) -> Rpps | None:
        """Who was confirmed in this browser for this request."""
        found = self.connection.scalar(select(authorizations.c.rpps).where(mine(request_id, browser, now)))
        return None if found is None else Rpps(found)

    def take_confirmed(self, request_id: UUID, browser: bytes, now: datetime) -> AuthorizationParameters | None:
        """The request of a browser in which somebody was confirmed; it waits no more."""
        which = mine(request_id, browser, now) & authorizations.c.rpps.is_not(None)
        taken = delete(authorizations).where(which).returning(authorizations.c.parameters)
        return parameters_in(self.connection.scalar(taken))

    def workplaces(self, numbers: frozenset[Finess]) -> tuple[Workplace, ...]:
        """Names of structures, in their order."""
        query = select(structures).where(structures.c.finess.in_(numbers)).order_by(structures.c.name)
        return tuple(Workplace(finess=Finess(row.finess), name=row.name) for row in self.connection.execute(query))

    def put_professional_code(self, code: bytes, opens: ProfessionalCode) -> None:
        """Keep what a code opens."""
        row = {name: getattr(opens, name) for name in ProfessionalCode.__dataclass_fields__}
        self.connection.execute(insert(professional_codes).values(code=code, **row))

    def spend_professional_code(self, code: bytes, now: datetime) -> tuple[ProfessionalCode | None, bool]:
        """What a code opens, and whether it was shown for the first time; it is used up by it."""
        shelf = professional_codes.c
        # The row as it was before tells the first from the second, whoever comes at the same time.
        row = self.connection.execute(select(professional_codes).where(shelf.code == code).with_for_update()).first()
        if row is None:
            return None, False
        used = update(professional_codes).where(shelf.code == code)
        self.connection.execute(used.values(used_at=func.coalesce(shelf.used_at, now)))
        facts = {name: getattr(row, name) for name in ProfessionalCode.__dataclass_fields__}
        return ProfessionalCode(**facts), row.used_at is None

    def put_professional_refresh(self, token: bytes, refresh: ProfessionalRefresh) -> None:
        """Keep a new refresh token."""
        row = {name: getattr(refresh, name) for name in ProfessionalRefresh.__dataclass_fields__}
        self.connection.execute(insert(professional_refresh_tokens).values(token=token, **row))

    def professional_refresh(self, token: bytes) -> ProfessionalRefresh | None:
        """A refresh token, whether it still serves or not."""
        query = select(professional_refresh_tokens).where(professional_refresh_tokens.c.token == token)
        return _refresh(self.connection.execute(query).first())

    def spend_professional_refresh(self, token: bytes, now: datetime) -> bool:
        """Use a refresh token up; False when somebody did before."""
        shelf = professional_refresh_tokens.c
        unused = (shelf.token == token) & shelf.used_at.is_(None)
        spent = update(professional_refresh_tokens).where(unused).values(used_at=now)
        return self.connection.execute(spent).rowcount == 1

    def forget_professional_codes(self, now: datetime) -> None:
        """Drop what the clock has ended; a used code is known for as long as its session may last."""
        for table, kept in ((professional_codes, SESSION_LIFE), (professional_refresh_tokens, None)):
            self.connection.execute(delete(table).where(table.c.until <= (now - kept if kept else now)))


def _refresh(row: Any) -> ProfessionalRefresh | None:
    if row is None:
        return None
    return ProfessionalRefresh(**{name: getattr(row, name) for name in ProfessionalRefresh.__dataclass_fields__})
