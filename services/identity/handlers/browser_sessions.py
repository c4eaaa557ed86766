"""Browsers that stay logged in on the platform's own pages, each by an opaque token; the gateway stores nothing."""

from typing import NoReturn
from uuid import UUID

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import handles
from chassis.opaque import token_hash
from contracts.envelope import Actor
from contracts.errors.request import ClientNotAllowed, TokenInvalid
from contracts.identity.api import Identity
from contracts.identity.apps import ClientKind
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
from services.identity.browser_logins import log_in_browser
from services.identity.context import IdentityContext
from services.identity.domain.browser_sessions import is_idle
from services.identity.domain.granting import agent_actor
from services.identity.repositories.browser_sessions import BrowserSession


@handles(Identity.open_browser_session, access=unjournalled(NoEntry.OWN, NoQuestion.OWN))
def open_browser_session(ctx: IdentityContext, request: OpenBrowserSession) -> BrowserSessionOpened:
    """Give a session that has just begun a token for the browser; what the browser was logged in with before ends.

    Raises:
        TokenInvalid: the session has ended. ClientNotAllowed: a business software's, which renews its own tokens.
    """
    actor = ctx.actor
    if actor.role is Role.PROFESSIONAL and (ctx.tools.portal is None or actor.software != ctx.tools.portal.software):
        raise ClientNotAllowed
    check_session(ctx)
    return log_in_browser(ctx, UUID(actor.session), replaces=request.replaces)


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
    if session.role is Role.AGENT:
        return _current_agent(ctx, session.holder)
    repositories = ctx.database.repositories
    entry = repositories.find_professional(Rpps(session.holder))
    return domain.professional_actor(
        entry,
        repositories.homologated(session.software),
        profession=entry.profession if entry else "",
        structure=session.structure,
    )


def _current_agent(ctx: IdentityContext, holder: str) -> Actor:
    """The agent as their organisation is named now; raises TokenInvalid: it no longer vouches for them."""
    client_id, _, login = holder.partition(":")
    client = ctx.database.repositories.client(client_id)
    if client is None or client.kind is not ClientKind.ORGANISATION or client.suspended_at is not None:
        raise TokenInvalid
    return agent_actor(client, login)
