"""A forgotten password: the carte Vitale proves who, a code at a verified address proves the rest."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.request import AccountNotFound, LoginFailed, ProofReplayed
from contracts.identity.api import Identity
from contracts.identity.events import AuthenticatorChanged, PasswordSet
from contracts.identity.logins import CodeSent, LoginMethod, PresentCode
from contracts.identity.people import Token
from contracts.identity.recovery import FinishRecovery, MeansOfAccess, RecoverAccount, ReviewRecovery
from contracts.vocabulary import Act, Role
from services.identity import domain
from services.identity.access_tokens import start_session
from services.identity.account_holders import check_unlocked, patient_actor
from services.identity.admission import check_claimed_ins, claimed_ins
from services.identity.code_attempts import (
    check_sending,
    prepare_code,
    present_code,
    send_code,
    show_code,
    verified_address,
)
from services.identity.context import IdentityContext
from services.identity.devices import remember_device
from services.identity.means import end_means, end_under_way, means_of
from services.identity.repositories.attempts import AttemptPurpose

_FORGOTTEN = "oubli"


@handles(Identity.recover_account, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.PROOF))
def recover_account(ctx: IdentityContext, request: RecoverAccount) -> CodeSent:
    """Send a code to a verified address of the card's holder; the card's proof is spent.

    Raises:
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked, InvalidIns, IdentityNotAdmitted: the card is refused.
        AccountNotFound: its holder has none. TooManyAttempts: codes were sent for it and not used.
    """
    card = ctx.tools.cards.read_vitale(request.proof, ctx.now)
    check_claimed_ins(ctx, card.claims)
    with ctx.database.separate_transaction() as repositories:
        if not repositories.spend(card.replay_key, card.keep_until):
            raise ProofReplayed
        holder = repositories.find_patient(claimed_ins(card.claims))
        account = None if holder is None else repositories.account_of(holder)
        if account is None or account.pending_since is not None:
            raise AccountNotFound
        channel, address = verified_address(account.contact, request.channel)
        # Not the count of the address, which strangers raise: whoever has the card is not kept waiting by them.
        check_sending(ctx, repositories, ctx.tools.codes.recovery_key(str(account.patient_id)))
        prepared = prepare_code(ctx, AttemptPurpose.RECOVERY, account.patient_id)
        repositories.put_attempt(prepared.attempt)
    send_code(ctx, prepared, channel, address)
    return prepared.answer


@handles(
    Identity.review_recovery,
    access=unasked(NoQuestion.PROOF, Act.MOYEN_CONNEXION, skips=(NoEntry.LATER_STEP,)),
)
def review_recovery(ctx: IdentityContext, request: ReviewRecovery) -> MeansOfAccess:
    """What opens the account so far, so that its holder sees what a thief may have added; the code stays good.

    Raises:
        LoginFailed: the code opens nothing. AccountLocked.
    """
    ctx.access.reason = _FORGOTTEN
    code = PresentCode(attempt=request.attempt, code=request.code)
    holder = show_code(ctx, code, AttemptPurpose.RECOVERY).holder
    account = ctx.database.repositories.account_of(holder)
    if account is None:
        raise LoginFailed
    check_unlocked(account.locked_at)
    ctx.access.skip(NoEntry.LATER_STEP)
    return means_of(ctx, account)


@handles(Identity.finish_recovery, access=unasked(NoQuestion.PROOF, Act.MOYEN_CONNEXION))
def finish_recovery(ctx: IdentityContext, request: FinishRecovery) -> Token:
    """Set the new password, end whatever else opened the account, and log the patient in; they are notified.

    Passkeys, authenticator and apps' grants are removed unless the request names them: a thief may have added them.

    Raises:
        WeakPassword, InvalidRequest: before the code is tried, which stays good. LoginFailed: it opens nothing.
        AccountLocked: it does; a card does not open what the operator has locked.
    """
    ctx.access.reason = _FORGOTTEN
    domain.check_password(request.password, ctx.tools.passwords.is_guessable)
    code = PresentCode(attempt=request.attempt, code=request.code)
    holder = present_code(ctx, code, AttemptPurpose.RECOVERY).holder
    password_hash = ctx.tools.passwords.hash(request.password)
    repositories = ctx.database.repositories
    account = repositories.account_of(holder)
    if account is None or account.pending_since is not None:
        raise LoginFailed
    check_unlocked(account.locked_at)
    repositories.set_password(holder, password_hash)
    repositories.end_sessions(Role.PATIENT, str(holder), ctx.now)
    repositories.forget_logins(ctx.tools.codes.login_key(account.identifier))
    repositories.forget_logins(ctx.tools.codes.recovery_key(str(holder)))
    end_under_way(ctx, holder)
    if end_means(ctx, holder, request):
        ctx.events.publish(AuthenticatorChanged(patient_id=holder))
    ctx.events.publish(PasswordSet(patient_id=holder))
    known = remember_device(ctx, holder, request.device, is_requested=request.remember)
    return start_session(ctx, patient_actor(holder), LoginMethod.CARTE_VITALE, request.device, device_token=known)
