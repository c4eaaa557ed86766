"""Patients' logins: identifier and password, then a code; a stranger learns nothing from answer, cost or delay."""

from functools import partial
from uuid import uuid4

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import TooManyAttempts
from contracts.errors.request import LoginFailed
from contracts.identity.api import Identity
from contracts.identity.events import GuessesFailed
from contracts.identity.logins import CodeSent, LoginMethod, PresentCode, StartLogin
from contracts.identity.people import Token
from contracts.vocabulary import Act
from services.identity import domain
from services.identity.access_tokens import new_session, session_token
from services.identity.account_holders import check_unlocked, identify, patient_actor
from services.identity.activation import open_by_letter
from services.identity.code_attempts import (
    attempt_in,
    check_budget,
    prepare_code,
    refund_guess,
    refused_guess,
    send_code,
    verified_address,
)
from services.identity.context import IdentityContext
from services.identity.devices import count_key_of, remember_device
from services.identity.domain.guessing import NOTICE_AFTER
from services.identity.repositories.attempts import AttemptPurpose, OpenedBy, TriedCode
from services.identity.repositories.logins import SuccessfulLogin


@handles(Identity.start_login, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.PROOF))
def start_login(ctx: IdentityContext, request: StartLogin) -> CodeSent:
    """Send a code if the password is right; answer and work are the same if not, or if nobody has the identifier.

    The code is sent after the answer: neither the time that takes nor its failure says that the password is right.

    The code goes by the preferred channel if that address is verified, else by the one that is.

    Raises:
        TooManyAttempts: logins were started for this identifier, or from this place, and not finished; whether or
            not it exists. From a known device only its own count.
    """
    identifier = domain.fold_identifier(request.identifier)
    key = count_key_of(ctx, request, identifier)
    is_stranger = key == ctx.tools.codes.login_key(identifier)
    with ctx.database.autocommit() as repositories:
        begun = repositories.begin_login(
            identifier,
            key,
            _origin_key(ctx, request.origin) if is_stranger else None,
            ctx.now,
            free_of_origin=ctx.tools.logins_per_address,
        )
    if begun.wait:
        raise TooManyAttempts(seconds=str(begun.wait))
    account = begun.account
    is_right = ctx.tools.passwords.is_right(account.password_hash if account else None, request.password)
    prepared = prepare_code(
        ctx,
        AttemptPurpose.LOGIN,
        account.patient_id if account else None,
        opened_by=_requested(request) if is_right else OpenedBy.NOTHING,
        budget=key if is_right else ctx.tools.codes.decoy_key(identifier),
    )
    total = ctx.tools.codes.total_key(str(account.patient_id) if account else identifier)
    with ctx.database.autocommit() as repositories:
        failures = repositories.put_login(prepared.attempt, total, failed=not is_right, now=ctx.now)
    if account is not None and not is_right and failures == NOTICE_AFTER:
        ctx.events.publish(GuessesFailed(patient_id=account.patient_id))
    if account is not None and is_right and request.send:
        address = verified_address(account.contact, request.channel)
        ctx.in_background(partial(send_code, ctx, prepared, *address))
    return prepared.answer


@handles(Identity.finish_login, access=unasked(NoQuestion.PROOF, Act.CONNEXION))
def finish_login(ctx: IdentityContext, request: PresentCode) -> Token:
    """Log in the patient whose attempt this code opens: the code that was sent, or their app's, whichever was asked.

    Raises:
        LoginFailed: the code does not open the attempt, at the same cost whatever is wrong, password included.
        AccountLocked, TooManyAttempts, AccountPending: it does.
    """
    attempt_id = attempt_in(request)
    with ctx.database.autocommit() as repositories:
        tried = repositories.try_code(
            attempt_id, AttemptPurpose.LOGIN, ctx.tools.codes.seal(attempt_id, request.code), ctx.now
        )
    if tried.holder is None:
        raise _refused_like_a_holder(ctx, tried)
    identify(ctx, tried.holder)
    by_app = tried.opened_by is OpenedBy.APP
    ctx.access.reason = "password_and_app" if by_app else "password_and_code"
    step = _step_of_app(ctx, request.code, tried)
    if not (tried.right or (by_app and step is not None)):
        raise refused_guess(ctx, tried.holder)
    check_budget(ctx, tried)
    if tried.pending_since is not None:
        check_unlocked(tried.locked_at)
        refund_guess(ctx, tried)
        open_by_letter(ctx, tried.holder, request.letter)
        ctx.access.reason = "letter"
    session = new_session(LoginMethod.AUTHENTICATOR if by_app else LoginMethod.CODE, request.device, ctx.now)
    stranger = ctx.tools.codes.login_key(tried.identifier)
    login = SuccessfulLogin(
        holder=tried.holder,
        attempt_id=attempt_id,
        step=step if by_app else None,
        session=session,
        login_key=tried.budget or stranger,
        origin_key=_origin_key(ctx, request.origin) if tried.budget in {None, stranger} else None,
    )
    if not ctx.database.repositories.let_in(login):
        raise LoginFailed
    check_unlocked(tried.locked_at)
    known = remember_device(ctx, tried.holder, request.device, is_requested=request.remember)
    return session_token(ctx, patient_actor(tried.holder), session.session_id, device_token=known)


def _requested(request: StartLogin) -> OpenedBy:
    return OpenedBy.SENT if request.send else OpenedBy.APP


def _refused_like_a_holder(ctx: IdentityContext, tried: TriedCode) -> LoginFailed:
    """The refusal of an attempt of nobody, with as many statements as one of somebody whose journal gets an entry."""
    with ctx.database.autocommit() as repositories:
        repositories.count_failure(tried.budget or ctx.tools.codes.total_key(""), ctx.now)
    with ctx.database.autocommit() as repositories:
        repositories.spend(ctx.tools.codes.total_key(str(uuid4())), ctx.now)
    return LoginFailed()


def _origin_key(ctx: IdentityContext, origin: str) -> bytes | None:
    """Trying many identifiers from one place is slowed as trying one is."""
    return ctx.tools.codes.origin_key(origin) if origin else None


def _step_of_app(ctx: IdentityContext, code: str, tried: TriedCode) -> int | None:
    """The step of time at which the holder's app shows this code; None if it does not, or there is no app."""
    if tried.app is None or tried.holder is None:
        return None
    return ctx.tools.authenticators.step_of(tried.holder, tried.app, code, ctx.now)
