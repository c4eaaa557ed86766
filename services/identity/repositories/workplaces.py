"""Professionals' logins by a browser: who was confirmed in it, and the codes and tokens their software holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository, is_one_of
from contracts.identity.oauth import AuthorizationParameters
from contracts.identity.workplaces import Workplace
from contracts.vocabulary import Finess, Rpps
from services.identity.domain.workplaces import SESSION_LIFE, ProfessionalCode, ProviderSession
from services.identity.repositories.authorizations import is_waiting, parameters_in
from services.identity.repositories.provider_sessions import is_of
from services.identity.tables import (
    authorizations,
    professional_codes,
    professional_refresh_tokens,
    structures,
)


@dataclass(frozen=True)
class ProfessionalRefresh:
    """A refresh token and the session it continues; `successor`: the hash of the one that replaced it."""

    session_id: UUID
    client_id: str
    rpps: Rpps
    structure: Finess
    until: datetime
    used_at: datetime | None = None
    successor: bytes | None = None
    repeated_at: datetime | None = None


@dataclass(frozen=True)
class ConfirmedProfessional:
    """Who was confirmed in a browser, and in which session at Pro Santé Connect."""

    rpps: Rpps
    at_provider: ProviderSession


class WorkplaceRepository(Repository):
    """What is stored between the browser's arrival and the session's end."""

    def confirm_professional(
        self, request_id: UUID, browser: bytes, confirmed: ConfirmedProfessional, now: datetime
    ) -> None:
        """Store whom Pro Santé Connect has confirmed in this browser."""
        session = confirmed.at_provider
        values = {"rpps": confirmed.rpps, "provider_subject": session.subject, "provider_session": session.session}
        self.connection.execute(update(authorizations).where(is_waiting(request_id, browser, now)).values(**values))

    def professional_in(self, request_id: UUID, browser: bytes, now: datetime) -> ConfirmedProfessional | None:
        """Who was confirmed in this browser for this request."""
        row = self.connection.execute(select(authorizations).where(is_waiting(request_id, browser, now))).first()
        if row is None or row.rpps is None:
            return None
        return ConfirmedProfessional(Rpps(row.rpps), ProviderSession(row.provider_subject, row.provider_session))

    def take_confirmed(self, request_id: UUID, browser: bytes, now: datetime) -> AuthorizationParameters | None:
        """Delete and return the request of a browser in which somebody was confirmed."""
        which = is_waiting(request_id, browser, now) & authorizations.c.rpps.is_not(None)
        taken = delete(authorizations).where(which).returning(authorizations.c.parameters)
        return parameters_in(self.connection.scalar(taken))

    def workplaces(self, numbers: frozenset[Finess]) -> tuple[Workplace, ...]:
        """Structures with their names, ordered by name."""
        query = select(structures).where(is_one_of(structures.c.finess, numbers)).order_by(structures.c.name)
        return tuple(Workplace(finess=Finess(row.finess), name=row.name) for row in self.connection.execute(query))

    def put_professional_code(self, code: bytes, opens: ProfessionalCode) -> None:
        """Store a code and the session it opens."""
        row = {name: getattr(opens, name) for name in ProfessionalCode.__dataclass_fields__}
        self.connection.execute(insert(professional_codes).values(code=code, **row))

    def spend_professional_code(self, code: bytes, now: datetime) -> tuple[ProfessionalCode | None, bool]:
        """The session a code opens, and whether it is presented for the first time; this uses it up."""
        columns = professional_codes.c
        # The row is locked and read before the update, so that of two at the same time only one is the first.
        row = self.connection.execute(
            select(professional_codes).where(columns.code == code).with_for_update()
        ).first()
        if row is None:
            return None, False
        used = update(professional_codes).where(columns.code == code)
        self.connection.execute(used.values(used_at=func.coalesce(columns.used_at, now)))
        return _code(row), row.used_at is None

    def hold_professional_code(self, code: bytes) -> ProfessionalCode | None:
        """The session a code opens, as it is until this transaction ends."""
        held = select(professional_codes).where(professional_codes.c.code == code).with_for_update()
        row = self.connection.execute(held).first()
        return None if row is None else _code(row)

    def end_logins_at_provider(self, ended: ProviderSession, now: datetime) -> None:
        """No login of that session is completed: choices of a structure end, and codes expire."""
        # In this order: a choice under way becomes a code, and a code being redeemed a session.
        self.connection.execute(delete(authorizations).where(is_of(ended, authorizations)))
        unexpired = is_of(ended, professional_codes) & (professional_codes.c.until > now)
        self.connection.execute(update(professional_codes).where(unexpired).values(until=now))

    def put_professional_refresh(
        self, token: bytes, refresh: ProfessionalRefresh, *, replaces: bytes | None = None
    ) -> None:
        """Store a new refresh token; `replaces`: the used one that it is given for."""
        row = {name: getattr(refresh, name) for name in ProfessionalRefresh.__dataclass_fields__}
        self.connection.execute(insert(professional_refresh_tokens).values(token=token, **row))
        if replaces is not None:
            used = update(professional_refresh_tokens).where(professional_refresh_tokens.c.token == replaces)
            self.connection.execute(used.values(successor=token))

    def professional_refresh(self, token: bytes) -> ProfessionalRefresh | None:
        """A refresh token, used or not."""
        query = select(professional_refresh_tokens).where(professional_refresh_tokens.c.token == token)
        return _refresh(self.connection.execute(query).first())

    def hold_professional_refresh(self, token: bytes) -> ProfessionalRefresh | None:
        """As `professional_refresh`; of several at once, the next one waits until this transaction ends."""
        query = select(professional_refresh_tokens).where(professional_refresh_tokens.c.token == token)
        return _refresh(self.connection.execute(query.with_for_update()).first())

    def spend_professional_refresh(self, token: bytes, now: datetime) -> bool:
        """Use a refresh token up; False where it was used before."""
        columns = professional_refresh_tokens.c
        unused = (columns.token == token) & columns.used_at.is_(None)
        spent = update(professional_refresh_tokens).where(unused).values(used_at=now)
        return self.connection.execute(spent).rowcount == 1

    def repeat_professional_refresh(self, token: bytes, now: datetime) -> None:
        """Note that a used refresh token was used once more."""
        used = update(professional_refresh_tokens).where(professional_refresh_tokens.c.token == token)
        self.connection.execute(used.values(repeated_at=now))

    def forget_professional_codes(self, now: datetime) -> None:
        """Delete what has expired; a used code is kept for as long as its session may last."""
        for table, kept in ((professional_codes, SESSION_LIFE), (professional_refresh_tokens, None)):
            self.connection.execute(delete(table).where(table.c.until <= (now - kept if kept else now)))


def _code(row: Any) -> ProfessionalCode:
    return ProfessionalCode(**{name: getattr(row, name) for name in ProfessionalCode.__dataclass_fields__})


def _refresh(row: Any) -> ProfessionalRefresh | None:
    if row is None:
        return None
    return ProfessionalRefresh(**{name: getattr(row, name) for name in ProfessionalRefresh.__dataclass_fields__})
