"""Tokens for business software whose professionals log in by a browser: a code, then refresh tokens."""

from typing import NoReturn
from uuid import UUID

from chassis.access_rules import NoEntry
from chassis.opaque import new_opaque, token_hash
from contracts.envelope import Actor
from contracts.errors.request import ClientNotAllowed, GrantInvalid
from contracts.identity.apps import Client
from contracts.identity.logins import LoginMethod, Session
from contracts.identity.oauth import GrantToken, GrantType, Introspection, TokenIssued
from contracts.vocabulary import Role
from services.identity import domain
from services.identity.access_tokens import actor_in, session_token
from services.identity.context import IdentityContext
from services.identity.domain.granting import may_repeat
from services.identity.domain.workplaces import SESSION_LIFE, check_professional_code
from services.identity.logout_tokens import ended_session_key
from services.identity.repositories.workplaces import ProfessionalRefresh

_REASON = "pro_sante_connect"


def grant_to_software(ctx: IdentityContext, request: GrantToken, client: Client) -> TokenIssued:
    """A professional's access and refresh tokens, after directory and software list were checked again.

    Raises:
        GrantInvalid: used before, expired, another's. ClientNotAllowed: this is not for software.
        ProfessionalUnknown, ProfessionalSuspended, ProfessionRetired, SoftwareRefused.
    """
    match request.grant_type:
        case GrantType.CODE:
            return _grant_by_code(ctx, request, client)
        case GrantType.REFRESH:
            return _grant_by_refresh_token(ctx, request, client)
        case GrantType.OWN_KEY:
            raise ClientNotAllowed


def end_software_session(ctx: IdentityContext, token: str, client: Client) -> None:
    """End the session that a refresh or access token of this software belongs to."""
    repositories = ctx.database.repositories
    held = repositories.professional_refresh(token_hash(token))
    if held is not None and held.client_id == client.client_id:
        repositories.end_sessions(Role.PROFESSIONAL, held.rpps, ctx.now, only=held.session_id)
    actor = _professional_in(ctx, token, client)
    if actor is not None:
        repositories.end_sessions(Role.PROFESSIONAL, actor.subject, ctx.now, only=UUID(actor.session))


def introspect_software_token(ctx: IdentityContext, token: str, client: Client) -> Introspection:
    """Whether a token of this software is good, and who works with it."""
    repositories = ctx.database.repositories
    held = repositories.professional_refresh(token_hash(token))
    if held is not None and held.client_id == client.client_id:
        is_good = held.used_at is None and repositories.is_session(held.session_id, ctx.now)
        if is_good:
            until = int(held.until.timestamp())
            return Introspection(active=True, client_id=client.client_id, sub=held.rpps, exp=until)
        return Introspection(active=False)
    actor = _professional_in(ctx, token, client)
    if actor is None or not repositories.is_session(UUID(actor.session), ctx.now):
        return Introspection(active=False)
    return Introspection(
        active=True,
        client_id=client.client_id,
        sub=actor.subject,
        token_type="Bearer",  # noqa: S106
    )


def _grant_by_code(ctx: IdentityContext, request: GrantToken, client: Client) -> TokenIssued:
    """A code serves once: showing it again ends the session it gave."""
    code = token_hash(request.code)
    with ctx.database.separate_transaction() as separate:
        opens, is_first = separate.spend_professional_code(code, ctx.now)
    if opens is None:
        raise GrantInvalid
    if not is_first:
        _end_reused(ctx, opens.session_id, opens.rpps)
    repositories = ctx.database.repositories
    # A logout at the provider waits for the session, or has expired the code.
    opens = repositories.hold_professional_code(code)
    if opens is None or repositories.is_spent(ended_session_key(opens.provider_session)):
        raise GrantInvalid
    check_professional_code(opens, client, request.redirect_uri, request.code_verifier, ctx.now)
    until = ctx.now + SESSION_LIFE
    refresh = ProfessionalRefresh(opens.session_id, opens.client_id, opens.rpps, opens.structure, until)
    actor = _current_actor(ctx, refresh, client)
    session = Session(
        session_id=opens.session_id,
        means=LoginMethod.PRO_SANTE_CONNECT,
        device=client.software,
        started_at=ctx.now,
        until=until,
    )
    repositories.begin_session(session, actor, opens.at_provider)
    ctx.access.reason = _REASON
    return _issue(ctx, actor, refresh)


def _grant_by_refresh_token(ctx: IdentityContext, request: GrantToken, client: Client) -> TokenIssued:
    """A refresh token serves once and gives the next: one shown again ends the session, or repeats a lost answer."""
    repositories, token = ctx.database.repositories, token_hash(request.refresh_token)
    shown = repositories.hold_professional_refresh(token)
    if shown is None or shown.client_id != client.client_id:
        raise GrantInvalid
    if shown.used_at is None:
        repositories.spend_professional_refresh(token, ctx.now)
    elif _is_repeat(ctx, shown, client):
        repositories.repeat_professional_refresh(token, ctx.now)
    else:
        _end_reused(ctx, shown.session_id, shown.rpps)
    if not repositories.is_session(shown.session_id, ctx.now):
        raise GrantInvalid
    actor = _current_actor(ctx, shown, client)
    ctx.access.skip(NoEntry.REFRESHED)
    return _issue(ctx, actor, shown, replaces=token)


def _is_repeat(ctx: IdentityContext, shown: ProfessionalRefresh, client: Client) -> bool:
    """As for apps (`handlers.granting`): software with a key may repeat a use whose answer was lost."""
    if not client.keys or shown.used_at is None or shown.successor is None:
        return False
    return may_repeat(
        shown.used_at, shown.repeated_at, ctx.now, ctx.tools.refresh_grace
    ) and ctx.database.repositories.spend_professional_refresh(shown.successor, ctx.now)


def _current_actor(ctx: IdentityContext, session: ProfessionalRefresh, client: Client) -> Actor:
    """The professional as directory and software list have them now."""
    repositories = ctx.database.repositories
    entry = repositories.find_professional(session.rpps)
    software = repositories.homologated(client.software)
    ctx.access.actor = _unchecked(session.rpps)
    ctx.access.actor = domain.professional_actor(
        entry,
        software,
        profession=entry.profession if entry else "",
        structure=session.structure,
    )
    return ctx.access.actor


def _issue(
    ctx: IdentityContext, actor: Actor, session: ProfessionalRefresh, *, replaces: bytes | None = None
) -> TokenIssued:
    refresh = new_opaque()
    fresh = ProfessionalRefresh(session.session_id, session.client_id, session.rpps, session.structure, session.until)
    ctx.database.repositories.put_professional_refresh(token_hash(refresh), fresh, replaces=replaces)
    token = session_token(ctx, actor, session.session_id)
    return TokenIssued(access_token=token.access_token, expires_in=token.expires_in, refresh_token=refresh)


def _end_reused(ctx: IdentityContext, session_id: UUID, rpps: str) -> NoReturn:
    """End the session of a code or token shown twice: one of the two who showed it has stolen it."""
    with ctx.database.separate_transaction() as repositories:
        repositories.end_sessions(Role.PROFESSIONAL, rpps, ctx.now, only=session_id)
    ctx.access.actor = _unchecked(rpps)
    raise GrantInvalid


def _professional_in(ctx: IdentityContext, token: str, client: Client) -> Actor | None:
    actor = actor_in(ctx, token)
    is_of_client = actor is not None and actor.role is Role.PROFESSIONAL and actor.software == client.software
    return actor if is_of_client else None


def _unchecked(rpps: str) -> Actor:
    """The professional of a code or token, of whom nothing else is known yet."""
    return Actor(role=Role.PROFESSIONAL, subject=rpps)
