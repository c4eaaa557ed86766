"""A patient's authenticator app: added, proven by its first code, taken off; each change is told to the patient."""

from datetime import datetime
from uuid import UUID

from chassis.pending_events import PendingEvents
from contracts.envelope import Actor
from contracts.errors import AuthenticatorExists, LoginFailed
from contracts.identity import AuthenticatorChanged, AuthenticatorOffered, AuthenticatorStanding, ConfirmAuthenticator
from contracts.vocabulary import Act, Outcome, PatientId
from services.identity.actions.codes import patients_own_act
from services.identity.actions.desk import Desk
from services.identity.actions.sessions import just_logged_in
from services.identity.store import Cellar


def begin_authenticator(actor: Actor, *, now: datetime, cellar: Cellar, desk: Desk) -> AuthenticatorOffered:
    """A secret for the app, shown this once; it opens nothing before `confirm_authenticator`.

    Raises:
        LoginTooOld; AuthenticatorExists: the one there is must be taken off first.
    """
    me, store = just_logged_in(actor, cellar, now), cellar.store
    account = store.account_of(me)
    if account is None:
        raise LoginFailed
    secret = desk.apps.new_secret()
    if not store.put_authenticator(me, desk.apps.seal(me, secret), now):
        raise AuthenticatorExists
    return AuthenticatorOffered(secret=secret, uri=desk.apps.uri(secret, account.identifier))


def confirm_authenticator(
    message: ConfirmAuthenticator, actor: Actor, *, now: datetime, cellar: Cellar, desk: Desk, events: PendingEvents
) -> AuthenticatorStanding:
    """The app's first code proves that it has the secret.

    Raises:
        LoginTooOld; LoginFailed: no app waits, or the code is not its own.
    """
    me, store = just_logged_in(actor, cellar, now), cellar.store
    waiting = store.authenticator_of(me)
    if waiting is None or waiting.confirmed_at is not None:
        raise LoginFailed
    step = desk.apps.step_of(me, waiting.sealed, message.code, now)
    if step is None or not store.use_step(me, step, now):
        raise LoginFailed
    _tell(me, events, "ajout")
    return AuthenticatorStanding(since=now)


def authenticator_standing(actor: Actor, cellar: Cellar) -> AuthenticatorStanding:
    """Whether the caller has an app that opens their account."""
    found = cellar.store.authenticator_of(PatientId(UUID(actor.subject)))
    return AuthenticatorStanding(since=found.confirmed_at if found else None)


def remove_authenticator(
    actor: Actor, *, now: datetime, cellar: Cellar, events: PendingEvents
) -> AuthenticatorStanding:
    """Take the app off, or do nothing where there is none; raises LoginTooOld."""
    me = just_logged_in(actor, cellar, now)
    if cellar.store.remove_authenticator(me):
        _tell(me, events, "retire")
    return AuthenticatorStanding()


def _tell(me: PatientId, events: PendingEvents, reason: str) -> None:
    events.publish(AuthenticatorChanged(patient_id=me))
    events.journal(patients_own_act(me, Act.MOYEN_CONNEXION, Outcome.ALLOWED, reason))
