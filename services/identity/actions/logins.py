"""Patients' logins: identifier and password, then a code; a stranger learns nothing from answer, cost or delay."""

from datetime import datetime
from functools import partial

from chassis.news import News
from chassis.tokens import Signer
from contracts.errors import LoginFailed, TooManyAttempts
from contracts.identity import CodeSent, Means, PresentCode, StartLogin, Token
from contracts.vocabulary import Act, Outcome, PatientId
from services.identity import domain
from services.identity.actions.codes import (
    Carry,
    patient_actor,
    patients_own_act,
    prepare_code,
    present_code,
    verified_address,
)
from services.identity.actions.desk import Desk, token_for
from services.identity.authenticators import Authenticators
from services.identity.store import Cellar, IdentityStore
from services.identity.store.attempts import Purpose


def start_login(message: StartLogin, *, now: datetime, cellar: Cellar, desk: Desk, carry: Carry) -> CodeSent:
    """Send a code if the password is right; the answer is the same if not, or if nobody bears the identifier.

    A right password answers later than a wrong one: its code is carried before the answer, so that one who typed
    everything right hears at once when no code can be sent.

    The code goes by the wished channel if that address is verified, else by the one that is.

    Raises:
        TooManyAttempts: logins were started for this identifier, or from this place, and not finished; whether or
            not it exists.
    """
    identifier = domain.fold_identifier(message.identifier)
    with cellar.beside() as store:
        wait = store.count_login(desk.codes.login_key(identifier), now) or _wait_at(message.origin, store, desk, now)
        account = store.find_account(identifier)
    if wait:
        raise TooManyAttempts(seconds=str(wait))
    is_right = desk.passwords.is_right(account.password_hash if account else None, message.password)
    known = account if is_right else None
    prepared = prepare_code(desk.codes, Purpose.LOGIN, known.patient_id if known else None, now)
    with cellar.beside() as store:
        store.put_attempt(prepared.attempt)
    if known and message.send:
        prepared.carry(carry, *verified_address(known.contact, message.channel))
    return prepared.answer


def finish_login(
    message: PresentCode, *, now: datetime, cellar: Cellar, desk: Desk, news: News, signer: Signer
) -> Token:
    """Let the patient in whose attempt this code opens.

    Raises:
        LoginFailed: the code does not open the attempt.
    """
    by_app = partial(_is_of_app, message.code, now=now, apps=desk.apps)
    shown = present_code(
        message, Purpose.LOGIN, Act.CONNEXION, now=now, cellar=cellar, codes=desk.codes, news=news, otherwise=by_app
    )
    holder = shown.holder
    account = cellar.store.account_of(holder)
    if account is None:
        raise LoginFailed
    cellar.store.forget_logins(desk.codes.login_key(account.identifier))
    if message.origin:
        cellar.store.count_back(desk.codes.origin_key(message.origin))
    news.journal(
        patients_own_act(
            holder, Act.CONNEXION, Outcome.ALLOWED, "password_and_app" if shown.otherwise else "password_and_code"
        )
    )
    return token_for(
        patient_actor(holder),
        signer,
        now,
        store=cellar.store,
        means=Means.AUTHENTICATOR if shown.otherwise else Means.CODE,
        device=message.device,
    )


def _wait_at(origin: str, store: IdentityStore, desk: Desk, now: datetime) -> int:
    """Somebody who tries many identifiers from one place is slowed as if they tried one."""
    if not origin:
        return 0
    return store.count_login(desk.codes.origin_key(origin), now, free=desk.logins_per_address)


def _is_of_app(code: str, holder: PatientId, store: IdentityStore, *, now: datetime, apps: Authenticators) -> bool:
    """Whether a code is the holder's app's, shown for the first time."""
    found = store.authenticator_of(holder)
    if found is None or found.confirmed_at is None:
        return False
    step = apps.step_of(holder, found.sealed, code, now)
    return step is not None and store.use_step(holder, step, now)
