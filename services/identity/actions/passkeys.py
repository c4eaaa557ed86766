"""A patient's passkeys: made within minutes of a login, opening the account by themselves, taken off again."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from chassis.pending_events import PendingEvents
from chassis.tokens import Signer
from contracts.envelope import Actor
from contracts.errors import AuthenticatorExists, InvalidRequest, LoginFailed
from contracts.identity import (
    AuthenticatorChanged,
    ConfirmPasskey,
    FinishPasskeyLogin,
    Means,
    PasskeyOffered,
    PasskeyShown,
    PasskeysShown,
    RemovePasskey,
    Token,
)
from contracts.vocabulary import Act, Outcome, PatientId
from services.identity import domain
from services.identity.actions.codes import check_open, patient_actor, patients_own_act
from services.identity.actions.desk import Desk, token_for
from services.identity.actions.sessions import just_logged_in
from services.identity.store import Cellar, IdentityStore
from services.identity.store.passkeys import Challenge, Passkey

_LONGEST_LABEL = 60
_MOST = 10
_REASON = "passkey"


def begin_passkey(actor: Actor, *, now: datetime, cellar: Cellar, desk: Desk) -> PasskeyOffered:
    """What a device makes a key from.

    Raises:
        LoginTooOld; AuthenticatorExists: ten are enough.
    """
    me, store = just_logged_in(actor, cellar, now), cellar.store
    account, known = store.account_of(me), store.passkeys_of(me)
    if account is None:
        raise LoginFailed
    if len(known) >= _MOST:
        raise AuthenticatorExists
    challenge = desk.passkeys.new_challenge()
    attempt = _keep(store, Challenge(challenge, me), now)
    options = desk.passkeys.to_make(challenge, me, account.identifier, [one.credential_id for one in known])
    return PasskeyOffered(attempt=attempt, options=options)


def confirm_passkey(
    message: ConfirmPasskey, actor: Actor, *, now: datetime, cellar: Cellar, desk: Desk, events: PendingEvents
) -> PasskeysShown:
    """The key that was made opens the account from now on; its holder is told.

    Raises:
        LoginTooOld; InvalidRequest: the label. LoginFailed: no such attempt, or the answer is not right.
    """
    me = just_logged_in(actor, cellar, now)
    label = message.label.strip()
    if not 0 < len(label) <= _LONGEST_LABEL:
        raise InvalidRequest(field="label")
    challenge = _take(message.attempt, cellar, now)
    if challenge.holder != me:
        raise LoginFailed
    made = desk.passkeys.made(message.credential, challenge.challenge)
    store = cellar.store
    passkey = Passkey(
        patient_id=me,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        label=label,
        added_at=now,
    )
    if not store.put_passkey(passkey):
        raise LoginFailed
    _tell(me, events, "ajout")
    return _shown(me, store, desk)


def list_passkeys(actor: Actor, store: IdentityStore, desk: Desk) -> PasskeysShown:
    """The caller's keys, the newest first."""
    return _shown(PatientId(UUID(actor.subject)), store, desk)


def remove_passkey(
    message: RemovePasskey, actor: Actor, *, now: datetime, cellar: Cellar, desk: Desk, events: PendingEvents
) -> PasskeysShown:
    """Take a key off; taking off what is not there is no error; raises LoginTooOld."""
    me, store = just_logged_in(actor, cellar, now), cellar.store
    if store.remove_passkey(me, desk.passkeys.read_id(message.passkey)):
        _tell(me, events, "retire")
    return _shown(me, store, desk)


def begin_passkey_login(*, now: datetime, store: IdentityStore, desk: Desk) -> PasskeyOffered:
    """What any key may sign to log in; nobody says who they are before their key does."""
    challenge = desk.passkeys.new_challenge()
    attempt = _keep(store, Challenge(challenge, None), now)
    return PasskeyOffered(attempt=attempt, options=desk.passkeys.to_use(challenge))


def finish_passkey_login(
    message: FinishPasskeyLogin, *, now: datetime, cellar: Cellar, desk: Desk, events: PendingEvents, signer: Signer
) -> Token:
    """Let in whose key has signed; a key is two factors: the device, and whoever unlocks it.

    Raises:
        LoginFailed, AccountLocked.
    """
    challenge = _take(message.attempt, cellar, now)
    if challenge.holder is not None:
        raise LoginFailed
    store = cellar.store
    passkey = store.passkey(desk.passkeys.read_id(message.credential.get("id")))
    if passkey is None:
        raise LoginFailed
    holder = passkey.patient_id
    try:
        count = desk.passkeys.used(message.credential, challenge.challenge, passkey.public_key, passkey.sign_count)
    except LoginFailed:
        events.journal(patients_own_act(holder, Act.CONNEXION, Outcome.REFUSED, LoginFailed.code))
        raise
    account = store.account_of(holder)
    check_open(holder, Act.CONNEXION, account.locked_at if account else None, events)
    store.note_use(passkey, count, now)
    events.journal(patients_own_act(holder, Act.CONNEXION, Outcome.ALLOWED, _REASON))
    return token_for(patient_actor(holder), signer, now, store=store, means=Means.PASSKEY, device=message.device)


def _keep(store: IdentityStore, challenge: Challenge, now: datetime) -> str:
    attempt = uuid4()
    store.put_challenge(attempt, challenge, now + timedelta(seconds=domain.CODE_SECONDS))
    return str(attempt)


def _take(attempt: str, cellar: Cellar, now: datetime) -> Challenge:
    """Whatever comes of it, a challenge is signed once."""
    try:
        attempt_id = UUID(attempt)
    except ValueError:
        raise LoginFailed from None
    with cellar.beside() as store:
        challenge = store.take_challenge(attempt_id, now)
    if challenge is None:
        raise LoginFailed
    return challenge


def _shown(me: PatientId, store: IdentityStore, desk: Desk) -> PasskeysShown:
    return PasskeysShown(
        passkeys=tuple(
            PasskeyShown(
                passkey=desk.passkeys.write_id(one.credential_id),
                label=one.label,
                added_at=one.added_at,
                used_at=one.used_at,
            )
            for one in store.passkeys_of(me)
        )
    )


def _tell(me: PatientId, events: PendingEvents, reason: str) -> None:
    events.publish(AuthenticatorChanged(patient_id=me))
    events.journal(patients_own_act(me, Act.MOYEN_CONNEXION, Outcome.ALLOWED, reason))
