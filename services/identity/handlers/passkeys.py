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
from services.identity.handlers.codes import check_open, patient_actor, patients_own_act
from services.identity.handlers.sessions import just_logged_in
from services.identity.repositories import Database, IdentityRepositories
from services.identity.repositories.passkeys import Challenge, Passkey
from services.identity.tools import Tools, token_for

_LONGEST_LABEL = 60
_MOST = 10
_REASON = "passkey"


def begin_passkey(actor: Actor, *, now: datetime, database: Database, tools: Tools) -> PasskeyOffered:
    """What a device makes a key from.

    Raises:
        LoginTooOld; AuthenticatorExists: ten are enough.
    """
    me, repositories = just_logged_in(actor, database, now), database.repositories
    account, known = repositories.account_of(me), repositories.passkeys_of(me)
    if account is None:
        raise LoginFailed
    if len(known) >= _MOST:
        raise AuthenticatorExists
    challenge = tools.passkeys.new_challenge()
    attempt = _keep(repositories, Challenge(challenge, me), now)
    options = tools.passkeys.to_make(challenge, me, account.identifier, [one.credential_id for one in known])
    return PasskeyOffered(attempt=attempt, options=options)


def confirm_passkey(
    message: ConfirmPasskey, actor: Actor, *, now: datetime, database: Database, tools: Tools, events: PendingEvents
) -> PasskeysShown:
    """The key that was made opens the account from now on; its holder is told.

    Raises:
        LoginTooOld; InvalidRequest: the label. LoginFailed: no such attempt, or the answer is not right.
    """
    me = just_logged_in(actor, database, now)
    label = message.label.strip()
    if not 0 < len(label) <= _LONGEST_LABEL:
        raise InvalidRequest(field="label")
    challenge = _take(message.attempt, database, now)
    if challenge.holder != me:
        raise LoginFailed
    made = tools.passkeys.made(message.credential, challenge.challenge)
    repositories = database.repositories
    passkey = Passkey(
        patient_id=me,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        label=label,
        added_at=now,
    )
    if not repositories.put_passkey(passkey):
        raise LoginFailed
    _tell(me, events, "ajout")
    return _shown(me, repositories, tools)


def list_passkeys(actor: Actor, repositories: IdentityRepositories, tools: Tools) -> PasskeysShown:
    """The caller's keys, the newest first."""
    return _shown(PatientId(UUID(actor.subject)), repositories, tools)


def remove_passkey(
    message: RemovePasskey, actor: Actor, *, now: datetime, database: Database, tools: Tools, events: PendingEvents
) -> PasskeysShown:
    """Take a key off; taking off what is not there is no error; raises LoginTooOld."""
    me, repositories = just_logged_in(actor, database, now), database.repositories
    if repositories.remove_passkey(me, tools.passkeys.read_id(message.passkey)):
        _tell(me, events, "retire")
    return _shown(me, repositories, tools)


def begin_passkey_login(*, now: datetime, repositories: IdentityRepositories, tools: Tools) -> PasskeyOffered:
    """What any key may sign to log in; nobody says who they are before their key does."""
    challenge = tools.passkeys.new_challenge()
    attempt = _keep(repositories, Challenge(challenge, None), now)
    return PasskeyOffered(attempt=attempt, options=tools.passkeys.to_use(challenge))


def finish_passkey_login(
    message: FinishPasskeyLogin,
    *,
    now: datetime,
    database: Database,
    tools: Tools,
    events: PendingEvents,
    signer: Signer,
) -> Token:
    """Let in whose key has signed; a key is two factors: the device, and whoever unlocks it.

    Raises:
        LoginFailed, AccountLocked.
    """
    challenge = _take(message.attempt, database, now)
    if challenge.holder is not None:
        raise LoginFailed
    repositories = database.repositories
    passkey = repositories.passkey(tools.passkeys.read_id(message.credential.get("id")))
    if passkey is None:
        raise LoginFailed
    holder = passkey.patient_id
    try:
        count = tools.passkeys.used(message.credential, challenge.challenge, passkey.public_key, passkey.sign_count)
    except LoginFailed:
        events.journal(patients_own_act(holder, Act.CONNEXION, Outcome.REFUSED, LoginFailed.code))
        raise
    account = repositories.account_of(holder)
    check_open(holder, Act.CONNEXION, account.locked_at if account else None, events)
    repositories.note_use(passkey, count, now)
    events.journal(patients_own_act(holder, Act.CONNEXION, Outcome.ALLOWED, _REASON))
    return token_for(
        patient_actor(holder), signer, now, repositories=repositories, means=Means.PASSKEY, device=message.device
    )


def _keep(repositories: IdentityRepositories, challenge: Challenge, now: datetime) -> str:
    attempt = uuid4()
    repositories.put_challenge(attempt, challenge, now + timedelta(seconds=domain.CODE_SECONDS))
    return str(attempt)


def _take(attempt: str, database: Database, now: datetime) -> Challenge:
    """Whatever comes of it, a challenge is signed once."""
    try:
        attempt_id = UUID(attempt)
    except ValueError:
        raise LoginFailed from None
    with database.separate_transaction() as repositories:
        challenge = repositories.take_challenge(attempt_id, now)
    if challenge is None:
        raise LoginFailed
    return challenge


def _shown(me: PatientId, repositories: IdentityRepositories, tools: Tools) -> PasskeysShown:
    return PasskeysShown(
        passkeys=tuple(
            PasskeyShown(
                passkey=tools.passkeys.write_id(one.credential_id),
                label=one.label,
                added_at=one.added_at,
                used_at=one.used_at,
            )
            for one in repositories.passkeys_of(me)
        )
    )


def _tell(me: PatientId, events: PendingEvents, reason: str) -> None:
    events.publish(AuthenticatorChanged(patient_id=me))
    events.journal(patients_own_act(me, Act.MOYEN_CONNEXION, Outcome.ALLOWED, reason))
