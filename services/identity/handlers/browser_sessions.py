"""Browsers that stay logged in on the platform's own pages, each by an opaque token; the gateway stores nothing."""

from typing import NoReturn
from uuid import UUID

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import handles
from chassis.opaque import new_opaque, token_hash
from contracts.envelope import Actor
from contracts.errors.request import ClientNotAllowed, TokenInvalid
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import (
    BrowserAccess,
    BrowserSessionOpened,
    OpenBrowserSession,
    RenewBrowserSession,
)
from contracts.vocabulary import PatientId, Role, Rpps
from services.identity import domain
from services.identity.access_tokens import session_token
from services.identity.account_holders import check_session, patient_actor
from services.identity.context import IdentityContext
from services.identity.domain.browser_sessions import is_idle, lasts_until
from services.identity.repositories.browser_sessions import BrowserSession


@handles(Identity.open_browser_session, access=unjournalled(NoEntry.OWN, NoQuestion.OWN))
def open_browser_session(ctx: IdentityContext, request: OpenBrowserSession) -> BrowserSessionOpened:
    """Give a session that has just begun a token for the browser; what the browser was logged in with before ends.

    Raises:
        TokenInvalid: the session has ended. ClientNotAllowed: a business software's, which renews its own tokens.
    """
    actor, repositories = ctx.actor, ctx.database.repositories
    if actor.role is Role.PROFESSIONAL and (ctx.tools.portal is None or actor.software != ctx.tools.portal.software):
        raise ClientNotAllowed
    check_session(ctx)
    if request.replaces:
        before = repositories.browser_session(token_hash(request.replaces), ctx.now)
        if before is not None:
            repositories.end_sessions(before.role, before.holder, ctx.now, only=before.session_id)
    token, until = new_opaque(), lasts_until(ctx.now)
    repositories.put_browser_session(token_hash(token), UUID(actor.session), until, ctx.now)
    return BrowserSessionOpened(browser_token=token, until=until)


@handles(Identity.renew_browser_session, access=unjournalled(NoEntry.REFRESHED, NoQuestion.PROOF))
def renew_browser_session(ctx: IdentityContext, request: RenewBrowserSession) -> BrowserAccess:
    """An access token for whoever is logged in, after directory and software list were checked again.

    Raises:
        TokenInvalid: nobody is, any more. ProfessionalUnknown, ProfessionalSuspended, ProfessionRetired,
            SoftwareRefused.
    """
    repositories, token = ctx.database.repositories, token_hash(request.browser_token)
    session = repositories.browser_session(token, ctx.now)
    if session is None:
        raise TokenInvalid
    if is_idle(session.used_at, ctx.now):
        _end_idle(ctx, session)
    actor = _current_actor(ctx, session)
    if request.uses:
        repositories.use_browser_session(token, ctx.now)
    signed = session_token(ctx, actor, session.session_id)
    return BrowserAccess(
        access_token=signed.access_token,
        expires_in=signed.expires_in,
        actor=signed.actor,
        until=session.until,
        workplace=session.workplace,
    )


def _end_idle(ctx: IdentityContext, session: BrowserSession) -> NoReturn:
    with ctx.database.separate_transaction() as separate:
        separate.end_sessions(session.role, session.holder, ctx.now, only=session.session_id)
    raise TokenInvalid


def _current_actor(ctx: IdentityContext, session: BrowserSession) -> Actor:
    if session.role is Role.PATIENT:
        return patient_actor(PatientId(UUID(session.holder)))
    repositories = ctx.database.repositories
    entry = repositories.find_professional(Rpps(session.holder))
    return domain.professional_actor(
        entry,
        repositories.homologated(session.software),
        profession=entry.profession if entry else "",
        structure=session.structure,
    )
