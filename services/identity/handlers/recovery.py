"""A forgotten password: the carte Vitale proves who, a code at an address on file proves the rest."""

from datetime import datetime

from chassis.pending_events import PendingEvents
from chassis.tokens import Signer
from contracts.errors import AccountNotFound, LoginFailed, ProofReplayed
from contracts.identity import CodeSent, FinishRecovery, Means, PasswordSet, PresentCode, RecoverAccount, Token
from contracts.vocabulary import Act, Outcome, Role
from services.identity import domain
from services.identity.handlers.codes import (
    CodeSender,
    check_open,
    check_sending,
    patient_actor,
    patients_own_act,
    prepare_code,
    present_code,
    verified_address,
)
from services.identity.handlers.patients import check_claimed_ins, claimed_ins
from services.identity.repositories import Database
from services.identity.repositories.attempts import AttemptPurpose
from services.identity.tools import Tools, token_for

_FORGOTTEN = "oubli"


def recover_account(
    message: RecoverAccount, *, now: datetime, database: Database, tools: Tools, send: CodeSender
) -> CodeSent:
    """Send a code to an address on file of whoever's card was shown; the card's proof is spent.

    Raises:
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked, InvalidIns, IdentityNotAdmitted: the card is refused.
        AccountNotFound: it opens none. TooManyAttempts: codes were sent there and not used.
    """
    shown = tools.cards.read_vitale(message.proof, now)
    check_claimed_ins(shown.claims, tools)
    with database.separate_transaction() as repositories:
        if not repositories.spend(shown.replay_key, shown.keep_until):
            raise ProofReplayed
        holder = repositories.find_patient(claimed_ins(shown.claims))
        account = None if holder is None else repositories.account_of(holder)
        if account is None:
            raise AccountNotFound
        channel, address = verified_address(account.contact, message.channel)
        check_sending(repositories, tools.codes, address, now)
        prepared = prepare_code(tools.codes, AttemptPurpose.RECOVERY, account.patient_id, now)
        repositories.put_attempt(prepared.attempt)
    prepared.send(send, channel, address)
    return prepared.answer


def finish_recovery(
    message: FinishRecovery, *, now: datetime, database: Database, tools: Tools, events: PendingEvents, signer: Signer
) -> Token:
    """Set the new password, end every session there was, and let the patient in; they are told.

    Raises:
        WeakPassword, InvalidRequest: before the code is looked at, which serves on. LoginFailed: it opens nothing.
        AccountLocked: it does; a card does not open what the operator has locked.
    """
    domain.check_password(message.password, tools.passwords.is_guessable)
    code = PresentCode(attempt=message.attempt, code=message.code)
    holder = present_code(
        code,
        AttemptPurpose.RECOVERY,
        Act.MOYEN_CONNEXION,
        now=now,
        database=database,
        codes=tools.codes,
        events=events,
    ).holder
    password_hash = tools.passwords.hash(message.password)
    repositories = database.repositories
    account = repositories.account_of(holder)
    if account is None:
        raise LoginFailed
    check_open(holder, Act.MOYEN_CONNEXION, account.locked_at, events)
    repositories.set_password(holder, password_hash)
    repositories.end_sessions(Role.PATIENT, str(holder), now)
    repositories.forget_logins(tools.codes.login_key(account.identifier))
    events.publish(PasswordSet(patient_id=holder))
    events.journal(patients_own_act(holder, Act.MOYEN_CONNEXION, Outcome.ALLOWED, _FORGOTTEN))
    return token_for(
        patient_actor(holder), signer, now, repositories=repositories, means=Means.CARTE_VITALE, device=message.device
    )
