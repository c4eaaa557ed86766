"""Professionals' logins by a browser: confirmed by Pro Santé Connect, known to the directory."""

from uuid import UUID, uuid4

from chassis.access_rules import NoEntry, NoQuestion, unasked
from chassis.handlers import handles
from chassis.opaque import new_opaque, token_hash
from contracts.envelope import Actor
from contracts.errors.request import AuthorizationGone, LogoutRefused, ProfessionalUnknown
from contracts.identity.api import Identity
from contracts.identity.logins import SessionsEnded
from contracts.identity.oauth import AuthorizationParameters, AuthorizationResponse
from contracts.identity.workplaces import (
    ChooseStructure,
    LogOutProfessional,
    ProfessionalSignedIn,
    SignInProfessional,
)
from contracts.vocabulary import Act, Finess, Role
from services.identity.client_authentication import known_client
from services.identity.context import IdentityContext
from services.identity.domain.authorizing import check_redirect, require_waiting
from services.identity.domain.granting import CODE_LIFE
from services.identity.domain.workplaces import SESSION_LIFE, ProfessionalCode, check_confirmed, rpps_of
from services.identity.logout_tokens import ended_session_key
from services.identity.repositories.authorizations import AuthorizationRepository
from services.identity.repositories.workplaces import ConfirmedProfessional

_SIGNS_IN = unasked(NoQuestion.PROOF, Act.CONNEXION, allowed=NoEntry.LATER_STEP)
_ENDED_THERE = "pro_sante_connect"


@handles(Identity.sign_in_professional, access=_SIGNS_IN)
def sign_in_professional(ctx: IdentityContext, request: SignInProfessional) -> ProfessionalSignedIn:
    """Who has come back from Pro Santé Connect, if the directory knows them.

    Whoever gave up there goes back to the software without a code.

    Raises:
        AuthorizationGone: expired, answered, another browser's. SignInRefused, SignInUnavailable.
        ProfessionalUnknown: confirmed, and not known here.
    """
    browser = token_hash(request.browser)
    if not request.code:
        return _given_up(ctx, request.request_id, browser)
    with ctx.database.separate_transaction() as separate:
        _waiting(ctx, separate, request.request_id, browser)
    # No connection is held while the provider is asked.
    confirmed = ctx.pro_sante_connect.confirm(request.code, request.request_id, request.browser, ctx.now)
    rpps = rpps_of(confirmed)
    repositories = ctx.database.repositories
    parameters = _waiting(ctx, repositories, request.request_id, browser)
    profession = min(confirmed.professions, default="")
    ctx.access.actor = Actor(role=Role.PROFESSIONAL, subject=rpps, profession=profession)
    entry = check_confirmed(confirmed, repositories.find_professional(rpps))
    professional = ConfirmedProfessional(rpps, confirmed.at_provider)
    repositories.confirm_professional(request.request_id, browser, professional, ctx.now)
    if len(entry.structures) > 1:
        return ProfessionalSignedIn(
            workplaces=repositories.workplaces(entry.structures), redirect_uri=parameters.redirect_uri
        )
    repositories.take_authorization(request.request_id, browser, ctx.now)
    return _answered(ctx, parameters, professional, *entry.structures)


@handles(Identity.choose_structure, access=_SIGNS_IN)
def choose_structure(ctx: IdentityContext, request: ChooseStructure) -> ProfessionalSignedIn:
    """The structure chosen by a professional who works in several.

    Raises:
        AuthorizationGone: nobody was confirmed in this browser, or it was answered.
        ProfessionalUnknown: the directory does not state that they work there.
    """
    browser, repositories = token_hash(request.browser), ctx.database.repositories
    professional = repositories.professional_in(request.request_id, browser, ctx.now)
    parameters = repositories.take_confirmed(request.request_id, browser, ctx.now)
    if professional is None or parameters is None:
        raise AuthorizationGone
    ctx.access.actor = Actor(role=Role.PROFESSIONAL, subject=professional.rpps)
    entry = repositories.find_professional(professional.rpps)
    if entry is None or request.structure not in entry.structures:
        raise ProfessionalUnknown
    return _answered(ctx, parameters, professional, request.structure)


@handles(
    Identity.log_out_professional,
    access=unasked(NoQuestion.PROOF, Act.FIN_SESSION, skips=(NoEntry.UPKEEP,)),
)
def log_out_professional(ctx: IdentityContext, request: LogOutProfessional) -> SessionsEnded:
    """End the sessions that a session at Pro Santé Connect opened, and the logins it has under way.

    Raises:
        LogoutRefused: not a logout token of the provider for this platform, or presented before. SignInUnavailable.
    """
    logout = ctx.pro_sante_connect.read_logout(request.logout_token, ctx.now)
    if logout.ended.session:
        # Kept at once: a login that is still being confirmed opens no session afterwards.
        with ctx.database.autocommit() as separate:
            separate.spend(ended_session_key(logout.ended.session), ctx.now + SESSION_LIFE)
    repositories = ctx.database.repositories
    if not repositories.spend(logout.replay_key, logout.keep_until):
        raise LogoutRefused
    repositories.end_logins_at_provider(logout.ended, ctx.now)
    holders = repositories.end_sessions_at_provider(logout.ended, ctx.now)
    if holders:
        ctx.access.actor, ctx.access.reason = Actor(role=Role.PROFESSIONAL, subject=holders[0]), _ENDED_THERE
    else:
        ctx.access.skip(NoEntry.UPKEEP)
    return SessionsEnded(count=len(holders))


def _given_up(ctx: IdentityContext, request_id: UUID, browser: bytes) -> ProfessionalSignedIn:
    repositories = ctx.database.repositories
    parameters = require_waiting(repositories.take_authorization(request_id, browser, ctx.now))
    check_redirect(known_client(ctx, repositories, parameters.client_id), parameters.redirect_uri)
    return ProfessionalSignedIn(
        answered=AuthorizationResponse(redirect_uri=parameters.redirect_uri, state=parameters.state)
    )


def _waiting(
    ctx: IdentityContext, repositories: AuthorizationRepository, request_id: UUID, browser: bytes
) -> AuthorizationParameters:
    return require_waiting(repositories.authorization(request_id, browser, ctx.now))


def _answered(
    ctx: IdentityContext, parameters: AuthorizationParameters, professional: ConfirmedProfessional, structure: Finess
) -> ProfessionalSignedIn:
    """Store a new code for the software, to be returned by the browser."""
    repositories = ctx.database.repositories
    client = check_redirect(known_client(ctx, repositories, parameters.client_id), parameters.redirect_uri)
    code = new_opaque()
    opens = ProfessionalCode(
        session_id=uuid4(),
        client_id=client.client_id,
        redirect_uri=parameters.redirect_uri,
        challenge=parameters.code_challenge,
        rpps=professional.rpps,
        structure=structure,
        until=ctx.now + CODE_LIFE,
        provider_subject=professional.at_provider.subject,
        provider_session=professional.at_provider.session,
    )
    repositories.put_professional_code(token_hash(code), opens)
    answered = AuthorizationResponse(redirect_uri=parameters.redirect_uri, state=parameters.state, code=code)
    return ProfessionalSignedIn(answered=answered)
