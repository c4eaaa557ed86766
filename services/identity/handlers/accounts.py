"""Opening a patient's account: the card proves who, a code proves the contact; and locking it."""

from dataclasses import dataclass
from functools import partial

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import AccountExists
from contracts.errors.request import LoginFailed, ProofReplayed, RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.events import AccountActivated, AccountLockChanged
from contracts.identity.logins import (
    AccountConfirmed,
    AccountLock,
    ActivateAccount,
    CodeSent,
    ConfirmInPerson,
    LockAccount,
    LoginMethod,
    PresentCode,
)
from contracts.identity.people import Token
from contracts.vocabulary import Act, Channel, Role
from services.identity import contacts, domain
from services.identity.access_tokens import start_session
from services.identity.account_holders import check_unlocked, patient_actor
from services.identity.activation import open_pending, prepare_letter, waits_for_factor
from services.identity.admission import check_claimed_ins, enter_patient
from services.identity.code_attempts import check_sending, prepare_code, present_code, send_code
from services.identity.context import IdentityContext
from services.identity.devices import remember_device
from services.identity.repositories.accounts import PendingAccount
from services.identity.repositories.attempts import AttemptPurpose


@dataclass(frozen=True)
class _RequestedAccount:
    """In normal form."""

    identifier: str
    email: str
    mobile: str


@handles(Identity.activate_account, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.PROOF))
def activate_account(ctx: IdentityContext, request: ActivateAccount) -> CodeSent:
    """Store the requested account until the code that was sent is presented; the card's proof is spent.

    Raises:
        InvalidRequest, WeakPassword, InvalidContact: before the card is read; its proof is not spent.
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked, InvalidIns, IdentityNotAdmitted: the card is refused.
        AccountLocked: another identity of the patient has their account. AccountExists: the patient has one, or the
            identifier is taken. TooManyAttempts: codes were sent to this address and not used.
    """
    requested = _checked(ctx, request)
    card = ctx.tools.cards.read_vitale(request.proof, ctx.now)
    key_is_right = check_claimed_ins(ctx, card.claims)
    password_hash = ctx.tools.passwords.hash(request.password)
    address = requested.mobile if request.channel is Channel.SMS else requested.email
    with ctx.database.separate_transaction() as repositories:
        if not repositories.spend(card.replay_key, card.keep_until):
            raise ProofReplayed
        patient_id = enter_patient(ctx, repositories, card.claims, key_is_right=key_is_right)
        check_sending(ctx, repositories, ctx.tools.codes.address_key(address))
        is_taken = repositories.is_taken(patient_id, requested.identifier)
        join = repositories.join_status(patient_id)
        prepared = prepare_code(ctx, AttemptPurpose.ACTIVATION, patient_id)
        if not is_taken and not join.closed:
            repositories.put_attempt(prepared.attempt)
            repositories.put_pending(
                PendingAccount(
                    patient_id=patient_id,
                    attempt_id=prepared.attempt.attempt_id,
                    identifier=requested.identifier,
                    password_hash=password_hash,
                    email=requested.email,
                    mobile=requested.mobile,
                    channel=request.channel,
                    expires_at=prepared.attempt.expires_at,
                )
            )
    check_unlocked(join.since if join.closed else None)
    if is_taken:
        raise AccountExists
    send_code(ctx, prepared, request.channel, address)
    return prepared.answer


@handles(Identity.confirm_account, access=unasked(NoQuestion.PROOF, Act.ACTIVATION_COMPTE))
def confirm_account(ctx: IdentityContext, request: PresentCode) -> Token:
    """Make the account active, its contact verified, and log the patient in; or have it wait for a second factor.

    Raises:
        LoginFailed: the code does not open the attempt, or its holder died or was joined to another meanwhile.
        AccountExists: another activation came first.
    """
    ctx.access.reason = "card_and_code"
    opened = present_code(ctx, request, AttemptPurpose.ACTIVATION)
    holder, repositories = opened.holder, ctx.database.repositories
    pending = repositories.take_pending(holder, opened.attempt_id)
    if pending is None or repositories.is_deceased(holder) or repositories.is_closed(holder):
        raise LoginFailed
    waits = waits_for_factor(ctx)
    if not repositories.activate(pending, ctx.now, waits=waits):
        raise AccountExists
    proven = pending.mobile if pending.channel is Channel.SMS else pending.email
    repositories.forget_logins(ctx.tools.codes.address_key(proven))
    if waits:
        prepare_letter(ctx, holder)
        return Token(access_token="", expires_in=0, actor=patient_actor(holder), pending=True)
    ctx.events.publish(AccountActivated(patient_id=holder))
    known = remember_device(ctx, holder, request.device, is_requested=request.remember)
    return start_session(ctx, patient_actor(holder), LoginMethod.CARTE_VITALE, request.device, device_token=known)


@handles(Identity.confirm_in_person, access=unasked(NoQuestion.AGENT, Act.ACTIVATION_COMPTE))
def confirm_in_person(ctx: IdentityContext, request: ConfirmInPerson) -> AccountConfirmed:
    """An agent has seen the holder: their pending account opens, and they are notified.

    Raises:
        RecordNotFound: no account of this patient is pending.
    """
    ctx.access.reason = "in_person"
    if not open_pending(ctx, request.patient_id):
        raise RecordNotFound
    return AccountConfirmed(patient_id=request.patient_id)


@handles(Identity.lock_account, access=unasked(NoQuestion.OPERATOR, Act.VERROU_COMPTE))
def lock_account(ctx: IdentityContext, request: LockAccount) -> AccountLock:
    """Lock an account and end its sessions, or unlock it and reset its holder's delay; the holder is notified.

    While it is locked, apps that its holder authorised get no new tokens.

    Raises:
        RecordNotFound: there is none.
    """
    ctx.access.reason = "operateur"
    holder, repositories = request.patient_id, ctx.database.repositories
    account = repositories.lock_account(holder, ctx.now if request.locked else None)
    if account is None:
        raise RecordNotFound
    if request.locked:
        repositories.end_sessions(Role.PATIENT, str(holder), ctx.now)
    else:
        repositories.forget_logins(ctx.tools.codes.login_key(account.identifier))
    ctx.events.publish(AccountLockChanged(patient_id=holder))
    return AccountLock(patient_id=holder, locked_at=account.locked_at)


def _checked(ctx: IdentityContext, request: ActivateAccount) -> _RequestedAccount:
    identifier = domain.fold_identifier(request.identifier)
    domain.check_identifier(identifier)
    domain.check_password(request.password, partial(ctx.tools.passwords.is_guessable, identifier=identifier))
    return _RequestedAccount(identifier, contacts.normal_email(request.email), contacts.normal_mobile(request.mobile))
