"""A forgotten password: the carte Vitale proves who, a code at an address on file proves the rest."""

from datetime import datetime

from chassis.pending_events import PendingEvents
from chassis.tokens import Signer
from contracts.errors import AccountNotFound, LoginFailed, ProofReplayed
from contracts.identity import CodeSent, FinishRecovery, Means, PasswordSet, PresentCode, RecoverAccount, Token
from contracts.vocabulary import Act, Outcome, Role
from services.identity import domain
from services.identity.actions.codes import (
    Carry,
    check_open,
    check_sending,
    patient_actor,
    patients_own_act,
    prepare_code,
    present_code,
    verified_address,
)
from services.identity.actions.desk import Desk, token_for
from services.identity.actions.patients import check_claimed_ins, claimed_ins
from services.identity.store import Cellar
from services.identity.store.attempts import Purpose

_FORGOTTEN = "oubli"


def recover_account(message: RecoverAccount, *, now: datetime, cellar: Cellar, desk: Desk, carry: Carry) -> CodeSent:
    """Send a code to an address on file of whoever's card was shown; the card's proof is spent.

    Raises:
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked, InvalidIns, IdentityNotAdmitted: the card is refused.
        AccountNotFound: it opens none. TooManyAttempts: codes were sent there and not used.
    """
    shown = desk.cards.read_vitale(message.proof, now)
    check_claimed_ins(shown.claims, desk)
    with cellar.beside() as store:
        if not store.spend(shown.mark, shown.keep_until):
            raise ProofReplayed
        holder = store.find_patient(claimed_ins(shown.claims))
        account = None if holder is None else store.account_of(holder)
        if account is None:
            raise AccountNotFound
        channel, address = verified_address(account.contact, message.channel)
        check_sending(store, desk.codes, address, now)
        prepared = prepare_code(desk.codes, Purpose.RECOVERY, account.patient_id, now)
        store.put_attempt(prepared.attempt)
    prepared.carry(carry, channel, address)
    return prepared.answer


def finish_recovery(
    message: FinishRecovery, *, now: datetime, cellar: Cellar, desk: Desk, events: PendingEvents, signer: Signer
) -> Token:
    """Set the new password, end every session there was, and let the patient in; they are told.

    Raises:
        WeakPassword, InvalidRequest: before the code is looked at, which serves on. LoginFailed: it opens nothing.
        AccountLocked: it does; a card does not open what the operator has locked.
    """
    domain.check_password(message.password, desk.passwords.is_guessable)
    code = PresentCode(attempt=message.attempt, code=message.code)
    holder = present_code(
        code, Purpose.RECOVERY, Act.MOYEN_CONNEXION, now=now, cellar=cellar, codes=desk.codes, events=events
    ).holder
    password_hash = desk.passwords.hash(message.password)
    store = cellar.store
    account = store.account_of(holder)
    if account is None:
        raise LoginFailed
    check_open(holder, Act.MOYEN_CONNEXION, account.locked_at, events)
    store.set_password(holder, password_hash)
    store.end_sessions(Role.PATIENT, str(holder), now)
    store.forget_logins(desk.codes.login_key(account.identifier))
    events.publish(PasswordSet(patient_id=holder))
    events.journal(patients_own_act(holder, Act.MOYEN_CONNEXION, Outcome.ALLOWED, _FORGOTTEN))
    return token_for(patient_actor(holder), signer, now, store=store, means=Means.CARTE_VITALE, device=message.device)
