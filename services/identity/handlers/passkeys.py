"""A patient's passkeys: made within minutes of a login, each opening the account by itself, removed again."""

from datetime import timedelta
from uuid import UUID, uuid4

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import AuthenticatorExists
from contracts.errors.request import InvalidRequest, LoginFailed
from contracts.identity.api import Identity
from contracts.identity.events import AuthenticatorChanged
from contracts.identity.logins import LoginMethod
from contracts.identity.passkeys import (
    BeginPasskey,
    BeginPasskeyLogin,
    ConfirmPasskey,
    FinishPasskeyLogin,
    ListPasskeys,
    PasskeyList,
    PasskeyOptions,
    RemovePasskey,
)
from contracts.identity.people import Token
from contracts.vocabulary import Act, PatientId
from services.identity import domain
from services.identity.access_tokens import start_session
from services.identity.account_holders import (
    caller_id,
    check_recent_login,
    check_unlocked,
    identify,
    patient_actor,
)
from services.identity.context import IdentityContext
from services.identity.means import passkeys_of
from services.identity.repositories.passkeys import Challenge, Passkey

_LONGEST_LABEL = 60
_MOST = 10
_REASON = "passkey"
_CHANGES = unasked(NoQuestion.OWN, Act.MOYEN_CONNEXION)


@handles(Identity.begin_passkey, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.OWN))
def begin_passkey(ctx: IdentityContext, _request: BeginPasskey) -> PasskeyOptions:
    """The challenge and options a device makes a key from.

    Raises:
        LoginTooOld; AuthenticatorExists: ten are enough.
    """
    me, repositories = check_recent_login(ctx), ctx.database.repositories
    account, known = repositories.account_of(me), repositories.passkeys_of(me)
    if account is None:
        raise LoginFailed
    _check_room(len(known))
    challenge = ctx.tools.passkeys.new_challenge()
    attempt = _put_challenge(ctx, Challenge(challenge, me))
    options = ctx.tools.passkeys.to_make(
        challenge, me, account.identifier, [passkey.credential_id for passkey in known]
    )
    return PasskeyOptions(attempt=attempt, options=options)


@handles(Identity.confirm_passkey, access=_CHANGES)
def confirm_passkey(ctx: IdentityContext, request: ConfirmPasskey) -> PasskeyList:
    """The key that was made opens the account from now on; its holder is notified.

    Raises:
        LoginTooOld; InvalidRequest: the label. LoginFailed: no such attempt, or the answer is not right.
            AuthenticatorExists: ten are enough, also of keys made at the same time.
    """
    ctx.access.reason = "ajout"
    me = check_recent_login(ctx)
    label = request.label.strip()
    if not 0 < len(label) <= _LONGEST_LABEL:
        raise InvalidRequest(field="label")
    challenge = _take_challenge(ctx, request.attempt)
    if challenge.holder != me:
        raise LoginFailed
    ctx.lock("passkeys", me)
    _check_room(len(ctx.database.repositories.passkeys_of(me)))
    made = ctx.tools.passkeys.made(request.credential, challenge.challenge)
    passkey = Passkey(
        patient_id=me,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        label=label,
        added_at=ctx.now,
    )
    if not ctx.database.repositories.put_passkey(passkey):
        raise LoginFailed
    ctx.events.publish(AuthenticatorChanged(patient_id=me))
    return _passkeys_of(ctx, me)


def _check_room(count: int) -> None:
    if count >= _MOST:
        raise AuthenticatorExists


@handles(Identity.list_passkeys, access=unjournalled(NoEntry.OWN, NoQuestion.OWN), reading=True)
def list_passkeys(ctx: IdentityContext, _request: ListPasskeys) -> PasskeyList:
    """The caller's keys, the newest first."""
    return _passkeys_of(ctx, caller_id(ctx))


@handles(Identity.remove_passkey, access=_CHANGES)
def remove_passkey(ctx: IdentityContext, request: RemovePasskey) -> PasskeyList:
    """Remove a key; removing one that is not there is no error; raises LoginTooOld."""
    ctx.access.reason = "retire"
    me, repositories = check_recent_login(ctx), ctx.database.repositories
    if repositories.remove_passkey(me, ctx.tools.passkeys.read_id(request.passkey)):
        ctx.events.publish(AuthenticatorChanged(patient_id=me))
    return _passkeys_of(ctx, me)


@handles(Identity.begin_passkey_login, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.PROOF))
def begin_passkey_login(ctx: IdentityContext, _request: BeginPasskeyLogin) -> PasskeyOptions:
    """A challenge that any key may sign to log in; nobody says who they are before their key does."""
    challenge = ctx.tools.passkeys.new_challenge()
    attempt = _put_challenge(ctx, Challenge(challenge, None))
    return PasskeyOptions(attempt=attempt, options=ctx.tools.passkeys.to_use(challenge))


@handles(Identity.finish_passkey_login, access=unasked(NoQuestion.PROOF, Act.CONNEXION))
def finish_passkey_login(ctx: IdentityContext, request: FinishPasskeyLogin) -> Token:
    """Log in the holder of the key that signed; a key is two factors: the device, and whoever unlocks it.

    Raises:
        LoginFailed, AccountLocked.
    """
    challenge = _take_challenge(ctx, request.attempt)
    if challenge.holder is not None:
        raise LoginFailed
    repositories, passkeys = ctx.database.repositories, ctx.tools.passkeys
    passkey = repositories.passkey(passkeys.read_id(request.credential.get("id")))
    if passkey is None:
        raise LoginFailed
    holder = passkey.patient_id
    identify(ctx, holder)
    ctx.access.reason = _REASON
    count = passkeys.used(request.credential, challenge.challenge, passkey.public_key, passkey.sign_count)
    account = repositories.account_of(holder)
    check_unlocked(account.locked_at if account else None)
    repositories.note_use(passkey, count, ctx.now)
    return start_session(ctx, patient_actor(holder), LoginMethod.PASSKEY, request.device)


def _put_challenge(ctx: IdentityContext, challenge: Challenge) -> str:
    attempt_id = uuid4()
    expires_at = ctx.now + timedelta(seconds=domain.CODE_SECONDS)
    ctx.database.repositories.put_challenge(attempt_id, challenge, expires_at)
    return str(attempt_id)


def _take_challenge(ctx: IdentityContext, attempt: str) -> Challenge:
    """The challenge of this attempt, which is used up whatever follows; raises LoginFailed."""
    try:
        attempt_id = UUID(attempt)
    except ValueError:
        raise LoginFailed from None
    with ctx.database.separate_transaction() as repositories:
        challenge = repositories.take_challenge(attempt_id, ctx.now)
    if challenge is None:
        raise LoginFailed
    return challenge


def _passkeys_of(ctx: IdentityContext, patient_id: PatientId) -> PasskeyList:
    return PasskeyList(passkeys=passkeys_of(ctx, patient_id))
