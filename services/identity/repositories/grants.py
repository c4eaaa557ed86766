"""Grants: what patients allow apps, the codes that open them and the refresh tokens that continue them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.vocabulary import PatientId
from services.identity import domain
from services.identity.domain.granting import GRANT_LIFE, Grant
from services.identity.tables import ended_sessions, grants, refresh_tokens

_REFRESH_TOKENS = select(
    grants,
    refresh_tokens.c.until,
    refresh_tokens.c.used_at,
    refresh_tokens.c.successor,
    refresh_tokens.c.repeated_at,
).join_from(refresh_tokens, grants, refresh_tokens.c.grant_id == grants.c.grant_id)


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token and the grant it is of; `successor`: the hash of the one that replaced it."""

    grant: Grant
    until: datetime
    used_at: datetime | None
    successor: bytes | None
    repeated_at: datetime | None


class GrantRepository(Repository):
    """Grants; ending one ends its access tokens in every process."""

    def put_grant(self, grant: Grant, code: bytes) -> None:
        """Store a grant, and the code that opens it."""
        self.connection.execute(
            insert(grants).values(
                grant_id=grant.grant_id,
                client_id=grant.client_id,
                patient_id=grant.patient_id,
                scopes=grant.scopes,
                redirect_uri=grant.redirect_uri,
                challenge=grant.challenge,
                nonce=grant.nonce,
                code=code,
                code_until=grant.code_until,
                representative=grant.representative,
                started_at=grant.started_at,
            )
        )

    def spend_code(self, code: bytes, now: datetime) -> tuple[Grant | None, bool]:
        """The grant a code opens, and whether it is presented for the first time; this uses it up."""
        # The row is locked and read before the update, so that of two at the same time only one is the first.
        before = select(grants.c.grant_id, grants.c.code_used_at).where(grants.c.code == code).with_for_update()
        row = self.connection.execute(before).first()
        if row is None:
            return None, False
        mine = grants.c.grant_id == row.grant_id
        used = update(grants).where(mine).values(code_used_at=func.coalesce(grants.c.code_used_at, now))
        grant = self.connection.execute(used.returning(*grants.c)).one()
        return _grant(grant), row.code_used_at is None

    def grant(self, grant_id: UUID) -> Grant | None:
        """A grant by its id."""
        row = self.connection.execute(select(grants).where(grants.c.grant_id == grant_id)).first()
        return None if row is None else _grant(row)

    def bind_grant(self, grant_id: UUID, thumbprint: str) -> None:
        """Bind the tokens of a grant to a key (DPoP)."""
        self.connection.execute(update(grants).where(grants.c.grant_id == grant_id).values(bound_to=thumbprint))

    def put_refresh_token(
        self, token: bytes, grant_id: UUID, until: datetime, *, replaces: bytes | None = None
    ) -> None:
        """Store a new refresh token; `replaces`: the used one that it is given for."""
        self.connection.execute(insert(refresh_tokens).values(token=token, grant_id=grant_id, until=until))
        if replaces is not None:
            used = update(refresh_tokens).where(refresh_tokens.c.token == replaces)
            self.connection.execute(used.values(successor=token))

    def refresh_token(self, token: bytes) -> RefreshToken | None:
        """A refresh token with its grant, used or not."""
        return self._refresh_token(_REFRESH_TOKENS.where(refresh_tokens.c.token == token))

    def hold_refresh_token(self, token: bytes) -> RefreshToken | None:
        """As `refresh_token`; of several at once, the next one waits until this transaction ends."""
        held = _REFRESH_TOKENS.where(refresh_tokens.c.token == token).with_for_update(of=refresh_tokens)
        return self._refresh_token(held)

    def _refresh_token(self, query: Select[Any]) -> RefreshToken | None:
        row = self.connection.execute(query).first()
        if row is None:
            return None
        return RefreshToken(_grant(row), row.until, row.used_at, row.successor, row.repeated_at)

    def spend_refresh_token(self, token: bytes, now: datetime) -> bool:
        """Use a refresh token up; False where it was used before."""
        mine = (refresh_tokens.c.token == token) & refresh_tokens.c.used_at.is_(None)
        return self.connection.execute(update(refresh_tokens).where(mine).values(used_at=now)).rowcount == 1

    def repeat_refresh_token(self, token: bytes, now: datetime) -> None:
        """Note that a used refresh token was used once more."""
        repeated = update(refresh_tokens).where(refresh_tokens.c.token == token).values(repeated_at=now)
        self.connection.execute(repeated)

    def end_grant(self, grant_id: UUID, now: datetime) -> None:
        """End a grant, and list it as an ended session, for its access tokens."""
        self._end(grants.c.grant_id == grant_id, now)

    def end_grants_of(self, patient_id: PatientId, client_id: str, now: datetime, *, started_until: datetime) -> None:
        """End all grants of a patient to an app that were given by then."""
        given = (grants.c.patient_id == patient_id) & (grants.c.client_id == client_id)
        self._end(given & (grants.c.started_at <= started_until), now)

    def grants_given_by(self, giver: PatientId, now: datetime) -> Sequence[Grant]:
        """Grants that last and that a person gave, for their own record or in another's place; the newest first."""
        own = (grants.c.patient_id == giver) & grants.c.representative.is_(None)
        query = select(grants).where(
            or_(own, grants.c.representative == giver),
            grants.c.ended_at.is_(None),
            grants.c.started_at > now - GRANT_LIFE,
        )
        return [_grant(row) for row in self.connection.execute(query.order_by(grants.c.started_at.desc()))]

    def _end(self, which: Any, now: datetime) -> None:
        ended = update(grants).where(which, grants.c.ended_at.is_(None)).values(ended_at=now)
        for grant_id in self.connection.scalars(ended.returning(grants.c.grant_id)):
            row = insert(ended_sessions).values(session_id=grant_id, until=now + domain.TOKEN_LIFE, ended_at=now)
            self.connection.execute(row.on_conflict_do_nothing())

    def forget_old_grants(self, now: datetime) -> None:
        """Delete expired grants, and their tokens with them."""
        self.connection.execute(delete(grants).where(grants.c.started_at < now - GRANT_LIFE))


def _grant(row: Any) -> Grant:
    return Grant(
        grant_id=row.grant_id,
        client_id=row.client_id,
        patient_id=PatientId(row.patient_id),
        scopes=row.scopes,
        redirect_uri=row.redirect_uri,
        challenge=row.challenge,
        nonce=row.nonce,
        started_at=row.started_at,
        code_until=row.code_until,
        ended_at=row.ended_at,
        bound_to=row.bound_to,
        representative=None if row.representative is None else PatientId(row.representative),
    )
