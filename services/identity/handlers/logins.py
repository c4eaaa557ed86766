"""Patients' logins: identifier and password, then a code; a stranger learns nothing from answer, cost or delay."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import TooManyAttempts
from contracts.errors.request import LoginFailed
from contracts.identity.api import Identity
from contracts.identity.logins import CodeSent, LoginMethod, PresentCode, StartLogin
from contracts.identity.people import Token
from contracts.vocabulary import Act
from services.identity import domain
from services.identity.access_tokens import new_session, session_token
from services.identity.account_holders import check_unlocked, identify, patient_actor
from services.identity.code_attempts import attempt_in, prepare_code, send_code, verified_address
from services.identity.context import IdentityContext
from services.identity.repositories.attempts import AttemptPurpose
from services.identity.repositories.logins import SuccessfulLogin, TriedLogin


@handles(Identity.start_login, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.PROOF))
def start_login(ctx: IdentityContext, request: StartLogin) -> CodeSent:
    """Send a code if the password is right; the answer is the same if not, or if nobody has the identifier.

    A right password answers later than a wrong one: its code is sent before the answer, so that one who typed
    everything right hears at once when no code can be sent.

    The code goes by the preferred channel if that address is verified, else by the one that is.

    Raises:
        TooManyAttempts: logins were started for this identifier, or from this place, and not finished; whether or
            not it exists.
    """
    identifier = domain.fold_identifier(request.identifier)
    with ctx.database.autocommit() as repositories:
        begun = repositories.begin_login(
            identifier,
            ctx.tools.codes.login_key(identifier),
            _origin_key(ctx, request.origin),
            ctx.now,
            free_of_origin=ctx.tools.logins_per_address,
        )
    if begun.wait:
        raise TooManyAttempts(seconds=str(begun.wait))
    account = begun.account
    is_right = ctx.tools.passwords.check(account.password_hash if account else None, request.password)
    # Stored while the password is hashed: nobody waits for it, and nobody learns its number if the password is wrong.
    prepared = prepare_code(ctx, AttemptPurpose.LOGIN, account.patient_id if account else None)
    with ctx.database.autocommit() as repositories:
        repositories.put_attempt(prepared.attempt)
    if not is_right() or account is None:
        return prepare_code(ctx, AttemptPurpose.LOGIN, None).answer
    if request.send:
        send_code(ctx, prepared, *verified_address(account.contact, request.channel))
    return prepared.answer


@handles(Identity.finish_login, access=unasked(NoQuestion.PROOF, Act.CONNEXION))
def finish_login(ctx: IdentityContext, request: PresentCode) -> Token:
    """Log in the patient whose attempt this code opens, be it the code that was sent or their app's.

    Raises:
        LoginFailed: the code does not open the attempt. AccountLocked: it does.
    """
    attempt_id = attempt_in(request)
    with ctx.database.autocommit() as repositories:
        tried = repositories.try_login(attempt_id, ctx.tools.codes.seal(attempt_id, request.code), ctx.now)
    if tried.holder is None:
        raise LoginFailed
    identify(ctx, tried.holder)
    by_app = not tried.right
    ctx.access.reason = "password_and_app" if by_app else "password_and_code"
    step = _step_of_app(ctx, request.code, tried) if by_app else None
    session = new_session(LoginMethod.AUTHENTICATOR if by_app else LoginMethod.CODE, request.device, ctx.now)
    login = SuccessfulLogin(
        holder=tried.holder,
        attempt_id=attempt_id,
        step=step,
        session=session,
        login_key=ctx.tools.codes.login_key(tried.identifier),
        origin_key=_origin_key(ctx, request.origin),
    )
    if (by_app and step is None) or not ctx.database.repositories.let_in(login):
        raise LoginFailed
    check_unlocked(tried.locked_at)
    return session_token(ctx, patient_actor(tried.holder), session.session_id)


def _origin_key(ctx: IdentityContext, origin: str) -> bytes | None:
    """Trying many identifiers from one place is slowed as trying one is."""
    return ctx.tools.codes.origin_key(origin) if origin else None


def _step_of_app(ctx: IdentityContext, code: str, tried: TriedLogin) -> int | None:
    """The step of time at which the holder's app shows this code; None if it does not, or there is no app."""
    if tried.app is None or tried.holder is None:
        return None
    return ctx.tools.authenticators.step_of(tried.holder, tried.app, code, ctx.now)
