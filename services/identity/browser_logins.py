"""A browser is logged in: it continues a session by a token of its own."""

from uuid import UUID

from chassis.opaque import new_opaque, token_hash
from contracts.identity.browser_sessions import BrowserSessionOpened
from services.identity.context import IdentityContext
from services.identity.domain.browser_sessions import lasts_until


def log_in_browser(ctx: IdentityContext, session_id: UUID, *, replaces: str) -> BrowserSessionOpened:
    """A token for the browser, of a session that lasts; what it was logged in with before (`replaces`) ends."""
    repositories = ctx.database.repositories
    if replaces:
        before = repositories.browser_session(token_hash(replaces), ctx.now)
        if before is not None:
            repositories.end_sessions(before.role, before.holder, ctx.now, only=before.session_id)
    token, until = new_opaque(), lasts_until(ctx.now)
    repositories.put_browser_session(token_hash(token), session_id, until, ctx.now)
    return BrowserSessionOpened(browser_token=token, until=until)
