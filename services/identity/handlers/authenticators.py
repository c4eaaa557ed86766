"""A patient's authenticator app: added, proven by its first code, removed; the patient is notified of each change."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import AuthenticatorExists
from contracts.errors.request import LoginFailed
from contracts.identity.api import Identity
from contracts.identity.events import AuthenticatorChanged
from contracts.identity.logins import (
    AuthenticatorSecret,
    AuthenticatorStatus,
    BeginAuthenticator,
    ConfirmAuthenticator,
    RemoveAuthenticator,
    ShowAuthenticator,
)
from contracts.vocabulary import Act
from services.identity.account_holders import caller_id, check_recent_login
from services.identity.context import IdentityContext

_CHANGES = unasked(NoQuestion.OWN, Act.MOYEN_CONNEXION)


@handles(Identity.begin_authenticator, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.OWN))
def begin_authenticator(ctx: IdentityContext, _request: BeginAuthenticator) -> AuthenticatorSecret:
    """A secret for the app, shown this once; it opens nothing before `confirm_authenticator`.

    Raises:
        LoginTooOld; AuthenticatorExists: the present one must be removed first.
    """
    me, repositories = check_recent_login(ctx), ctx.database.repositories
    account = repositories.account_of(me)
    if account is None:
        raise LoginFailed
    secret = ctx.tools.authenticators.new_secret()
    if not repositories.put_authenticator(me, ctx.tools.authenticators.seal(me, secret), ctx.now):
        raise AuthenticatorExists
    return AuthenticatorSecret(secret=secret, uri=ctx.tools.authenticators.uri(secret, account.identifier))


@handles(Identity.confirm_authenticator, access=_CHANGES)
def confirm_authenticator(ctx: IdentityContext, request: ConfirmAuthenticator) -> AuthenticatorStatus:
    """The app's first code proves that it has the secret.

    Raises:
        LoginTooOld; LoginFailed: no app awaits its first code, or the code is not its own.
    """
    ctx.access.reason = "ajout"
    me, repositories = check_recent_login(ctx), ctx.database.repositories
    unconfirmed = repositories.authenticator_of(me)
    if unconfirmed is None or unconfirmed.confirmed_at is not None:
        raise LoginFailed
    step = ctx.tools.authenticators.step_of(me, unconfirmed.sealed, request.code, ctx.now)
    if step is None or not repositories.use_step(me, step, ctx.now):
        raise LoginFailed
    ctx.events.publish(AuthenticatorChanged(patient_id=me))
    return AuthenticatorStatus(since=ctx.now)


@handles(Identity.show_authenticator, access=unjournalled(NoEntry.OWN, NoQuestion.OWN))
def show_authenticator(ctx: IdentityContext, _request: ShowAuthenticator) -> AuthenticatorStatus:
    """Since when the caller has an app that opens their account; None where they have none."""
    authenticator = ctx.database.repositories.authenticator_of(caller_id(ctx))
    return AuthenticatorStatus(since=authenticator.confirmed_at if authenticator else None)


@handles(Identity.remove_authenticator, access=_CHANGES)
def remove_authenticator(ctx: IdentityContext, _request: RemoveAuthenticator) -> AuthenticatorStatus:
    """Remove the app, or do nothing where there is none; raises LoginTooOld."""
    ctx.access.reason = "retire"
    me = check_recent_login(ctx)
    if ctx.database.repositories.remove_authenticator(me):
        ctx.events.publish(AuthenticatorChanged(patient_id=me))
    return AuthenticatorStatus()
