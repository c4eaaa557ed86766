"""Opening a patient's account: the card proves who, a code proves the contact."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chassis.pending_events import PendingEvents
from chassis.tokens import Signer
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import AccountExists, LoginFailed, ProofReplayed, RecordNotFound
from contracts.identity import (
    AccountActivated,
    AccountLock,
    AccountLockChanged,
    ActivateAccount,
    CodeSent,
    LockAccount,
    Means,
    PresentCode,
    Token,
)
from contracts.vocabulary import Act, Channel, Outcome, Role
from services.identity import contacts, domain
from services.identity.handlers.codes import (
    CodeSender,
    check_sending,
    patient_actor,
    patients_own_act,
    prepare_code,
    present_code,
)
from services.identity.handlers.patients import check_claimed_ins, enter
from services.identity.repositories import Database, IdentityRepositories
from services.identity.repositories.accounts import PendingAccount
from services.identity.repositories.attempts import AttemptPurpose
from services.identity.tools import Tools, token_for


@dataclass(frozen=True)
class _RequestedAccount:
    identifier: str
    email: str
    mobile: str


def activate_account(
    message: ActivateAccount, *, now: datetime, database: Database, tools: Tools, send: CodeSender
) -> CodeSent:
    """Keep the wished account until the code that was sent comes back; the card's proof is spent.

    Raises:
        InvalidRequest, WeakPassword, InvalidContact: refused before the card is looked at; its proof serves on.
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked, InvalidIns, IdentityNotAdmitted: the card is refused.
        AccountExists: the patient has an account, or the identifier is taken. TooManyAttempts: codes were sent to
            this address and not used.
    """
    wish = _checked(message, tools)
    shown = tools.cards.read_vitale(message.proof, now)
    key_is_right = check_claimed_ins(shown.claims, tools)
    password_hash = tools.passwords.hash(message.password)
    address = wish.mobile if message.channel is Channel.SMS else wish.email
    with database.separate_transaction() as repositories:
        if not repositories.spend(shown.replay_key, shown.keep_until):
            raise ProofReplayed
        patient_id = enter(shown.claims, repositories, key_is_right=key_is_right, now=now)
        check_sending(repositories, tools.codes, address, now)
        is_taken = repositories.is_taken(patient_id, wish.identifier)
        prepared = prepare_code(tools.codes, AttemptPurpose.ACTIVATION, patient_id, now)
        if not is_taken:
            repositories.put_attempt(prepared.attempt)
            repositories.put_pending(
                PendingAccount(
                    patient_id=patient_id,
                    attempt_id=prepared.attempt.attempt_id,
                    identifier=wish.identifier,
                    password_hash=password_hash,
                    email=wish.email,
                    mobile=wish.mobile,
                    channel=message.channel,
                    expires_at=prepared.attempt.expires_at,
                )
            )
    if is_taken:
        raise AccountExists
    prepared.send(send, message.channel, address)
    return prepared.answer


def confirm_account(
    message: PresentCode, *, now: datetime, database: Database, tools: Tools, events: PendingEvents, signer: Signer
) -> Token:
    """Make the account active, its contact verified, and let the patient in.

    Raises:
        LoginFailed: the code does not open the attempt.
        AccountExists: another activation came first.
    """
    opened = present_code(
        message,
        AttemptPurpose.ACTIVATION,
        Act.ACTIVATION_COMPTE,
        now=now,
        database=database,
        codes=tools.codes,
        events=events,
    )
    holder, repositories = opened.holder, database.repositories
    pending = repositories.take_pending(holder, opened.attempt_id)
    if pending is None:
        raise LoginFailed
    if not repositories.activate(pending, now):
        raise AccountExists
    proven = pending.mobile if pending.channel is Channel.SMS else pending.email
    repositories.forget_logins(tools.codes.address_key(proven))
    events.publish(AccountActivated(patient_id=holder))
    events.journal(patients_own_act(holder, Act.ACTIVATION_COMPTE, Outcome.ALLOWED, "card_and_code"))
    return token_for(
        patient_actor(holder), signer, now, repositories=repositories, means=Means.CARTE_VITALE, device=message.device
    )


def _checked(message: ActivateAccount, tools: Tools) -> _RequestedAccount:
    identifier = domain.fold_identifier(message.identifier)
    domain.check_identifier(identifier)
    domain.check_password(message.password, partial(tools.passwords.is_guessable, identifier=identifier))
    return _RequestedAccount(identifier, contacts.normal_email(message.email), contacts.normal_mobile(message.mobile))


def lock_account(
    message: LockAccount,
    actor: Actor,
    *,
    now: datetime,
    repositories: IdentityRepositories,
    tools: Tools,
    events: PendingEvents,
) -> AccountLock:
    """Lock an account and end its sessions, or open it again and let its holder try at once; they are told.

    Raises:
        RecordNotFound: there is none.
    """
    holder = message.patient_id
    account = repositories.lock_account(holder, now if message.locked else None)
    if account is None:
        raise RecordNotFound
    if message.locked:
        repositories.end_sessions(Role.PATIENT, str(holder), now)
    else:
        repositories.forget_logins(tools.codes.login_key(account.identifier))
    events.publish(AccountLockChanged(patient_id=holder))
    events.journal(JournalEntry.by(actor, holder, Act.VERROU_COMPTE, reason="operateur"))
    return AccountLock(patient_id=holder, locked_at=account.locked_at)
