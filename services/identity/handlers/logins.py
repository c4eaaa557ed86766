"""Patients' logins: identifier and password, then a code; a stranger learns nothing from answer, cost or delay."""

from datetime import datetime

from chassis.pending_events import PendingEvents
from chassis.tokens import Signer
from contracts.errors import LoginFailed, TooManyAttempts
from contracts.identity import CodeSent, Means, PresentCode, StartLogin, Token
from contracts.vocabulary import Act, Outcome
from services.identity import domain
from services.identity.authenticators import Authenticators
from services.identity.handlers.codes import (
    CodeSender,
    attempt_in,
    check_open,
    patient_actor,
    patients_own_act,
    prepare_code,
    verified_address,
)
from services.identity.repositories import Database
from services.identity.repositories.attempts import AttemptPurpose
from services.identity.repositories.logins import SuccessfulLogin, TriedLogin
from services.identity.tools import Tools, actor_token, new_session


def start_login(
    message: StartLogin, *, now: datetime, database: Database, tools: Tools, send: CodeSender
) -> CodeSent:
    """Send a code if the password is right; the answer is the same if not, or if nobody bears the identifier.

    A right password answers later than a wrong one: its code is carried before the answer, so that one who typed
    everything right hears at once when no code can be sent.

    The code goes by the wished channel if that address is verified, else by the one that is.

    Raises:
        TooManyAttempts: logins were started for this identifier, or from this place, and not finished; whether or
            not it exists.
    """
    identifier = domain.fold_identifier(message.identifier)
    with database.autocommit() as repositories:
        begun = repositories.begin_login(
            identifier,
            tools.codes.login_key(identifier),
            _origin_key(message.origin, tools),
            now,
            free_of_origin=tools.logins_per_address,
        )
    if begun.wait:
        raise TooManyAttempts(seconds=str(begun.wait))
    account = begun.account
    is_right = tools.passwords.check(account.password_hash if account else None, message.password)
    # Kept while the password is hashed: nobody waits for it, and nobody learns its number if the password is wrong.
    prepared = prepare_code(tools.codes, AttemptPurpose.LOGIN, account.patient_id if account else None, now)
    with database.autocommit() as repositories:
        repositories.put_attempt(prepared.attempt)
    if not is_right() or account is None:
        return prepare_code(tools.codes, AttemptPurpose.LOGIN, None, now).answer
    if message.send:
        prepared.send(send, *verified_address(account.contact, message.channel))
    return prepared.answer


def finish_login(
    message: PresentCode, *, now: datetime, database: Database, tools: Tools, events: PendingEvents, signer: Signer
) -> Token:
    """Let the patient in whose attempt this code opens.

    Raises:
        LoginFailed: the code does not open the attempt. AccountLocked: it does.
    """
    attempt_id = attempt_in(message)
    with database.autocommit() as repositories:
        tried = repositories.try_login(attempt_id, tools.codes.seal(attempt_id, message.code), now)
    if tried.holder is None:
        raise LoginFailed
    by_app = not tried.right
    step = _step_of_app(message.code, tried, now, tools.apps) if by_app else None
    session = new_session(Means.AUTHENTICATOR if by_app else Means.CODE, message.device, now)
    entry = SuccessfulLogin(
        holder=tried.holder,
        attempt_id=attempt_id,
        step=step,
        session=session,
        login_key=tools.codes.login_key(tried.identifier),
        origin_key=_origin_key(message.origin, tools),
    )
    if (by_app and step is None) or not database.repositories.let_in(entry):
        events.journal(patients_own_act(tried.holder, Act.CONNEXION, Outcome.REFUSED, LoginFailed.code))
        raise LoginFailed
    check_open(tried.holder, Act.CONNEXION, tried.locked_at, events)
    reason = "password_and_app" if by_app else "password_and_code"
    events.journal(patients_own_act(tried.holder, Act.CONNEXION, Outcome.ALLOWED, reason))
    return actor_token(patient_actor(tried.holder), session.session_id, signer, now)


def _origin_key(origin: str, tools: Tools) -> bytes | None:
    """Somebody who tries many identifiers from one place is slowed as if they tried one."""
    return tools.codes.origin_key(origin) if origin else None


def _step_of_app(code: str, tried: TriedLogin, now: datetime, apps: Authenticators) -> int | None:
    """The step of time at which the holder's app shows this code; None if it does not, or there is no app."""
    if tried.app is None or tried.holder is None:
        return None
    return apps.step_of(tried.holder, tried.app, code, now)
