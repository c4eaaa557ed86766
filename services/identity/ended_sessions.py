"""Sessions that were ended lately: what other processes ask identity for, and identity looks up itself."""

from datetime import timedelta

from contracts.identity.logins import EndedSession, ListEndedSessions
from services.identity.context import IdentityContext


def sessions_ended_since(ctx: IdentityContext, request: ListEndedSessions) -> tuple[EndedSession, ...]:
    """Sessions ended in the last `request.seconds` whose tokens have not expired."""
    since = ctx.now - timedelta(seconds=request.seconds)
    return tuple(ctx.database.repositories.ended_since(since, ctx.now))
