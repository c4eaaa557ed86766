"""Access tokens: signed for ten minutes, each of a session that its holder can see and end."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from chassis.tokens import sign_actor
from contracts.envelope import Actor
from contracts.errors.request import TokenInvalid
from contracts.identity.logins import LoginMethod, Session
from contracts.identity.people import Token
from services.identity import domain
from services.identity.context import IdentityContext


def start_session(
    ctx: IdentityContext,
    actor: Actor,
    means: LoginMethod,
    device: str = "",
    *,
    device_token: str = "",
    card: str = "",
) -> Token:
    """Store a new session and sign its access token; `card`: as in `begin_session`."""
    session = new_session(means, device, ctx.now)
    ctx.database.repositories.begin_session(session, actor, card=card)
    return session_token(ctx, actor, session.session_id, device_token=device_token)


def new_session(means: LoginMethod, device: str, now: datetime) -> Session:
    """A session that lasts as long as its access token; not stored."""
    return Session(
        session_id=uuid4(),
        means=means,
        device=device,
        started_at=now,
        until=now + timedelta(seconds=domain.TOKEN_SECONDS),
    )


def session_token(ctx: IdentityContext, actor: Actor, session_id: UUID, *, device_token: str = "") -> Token:
    """The access token of a stored session."""
    actor = msgspec.structs.replace(actor, session=str(session_id))
    signed = sign_actor(ctx.signer, actor, seconds=domain.TOKEN_SECONDS, now=ctx.now.timestamp())
    return Token(access_token=signed, expires_in=domain.TOKEN_SECONDS, actor=actor, device_token=device_token)


def actor_in(ctx: IdentityContext, token: str) -> Actor | None:
    """Whom an access token speaks for; None where it is invalid, expired or not ours."""
    try:
        return ctx.keyring.actor(token, now=ctx.now.timestamp())
    except TokenInvalid:
        return None
