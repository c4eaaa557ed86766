"""A patient's authenticator app: added, proven by its first code, taken off; each change is told to the patient."""

from datetime import datetime
from uuid import UUID

from chassis.pending_events import PendingEvents
from contracts.envelope import Actor
from contracts.errors import AuthenticatorExists, LoginFailed
from contracts.identity import AuthenticatorChanged, AuthenticatorOffered, AuthenticatorStanding, ConfirmAuthenticator
from contracts.vocabulary import Act, Outcome, PatientId
from services.identity.handlers.codes import patients_own_act
from services.identity.handlers.sessions import just_logged_in
from services.identity.repositories import Database
from services.identity.tools import Tools


def begin_authenticator(actor: Actor, *, now: datetime, database: Database, tools: Tools) -> AuthenticatorOffered:
    """A secret for the app, shown this once; it opens nothing before `confirm_authenticator`.

    Raises:
        LoginTooOld; AuthenticatorExists: the one there is must be taken off first.
    """
    me, repositories = just_logged_in(actor, database, now), database.repositories
    account = repositories.account_of(me)
    if account is None:
        raise LoginFailed
    secret = tools.apps.new_secret()
    if not repositories.put_authenticator(me, tools.apps.seal(me, secret), now):
        raise AuthenticatorExists
    return AuthenticatorOffered(secret=secret, uri=tools.apps.uri(secret, account.identifier))


def confirm_authenticator(
    message: ConfirmAuthenticator,
    actor: Actor,
    *,
    now: datetime,
    database: Database,
    tools: Tools,
    events: PendingEvents,
) -> AuthenticatorStanding:
    """The app's first code proves that it has the secret.

    Raises:
        LoginTooOld; LoginFailed: no app waits, or the code is not its own.
    """
    me, repositories = just_logged_in(actor, database, now), database.repositories
    waiting = repositories.authenticator_of(me)
    if waiting is None or waiting.confirmed_at is not None:
        raise LoginFailed
    step = tools.apps.step_of(me, waiting.sealed, message.code, now)
    if step is None or not repositories.use_step(me, step, now):
        raise LoginFailed
    _tell(me, events, "ajout")
    return AuthenticatorStanding(since=now)


def authenticator_standing(actor: Actor, database: Database) -> AuthenticatorStanding:
    """Whether the caller has an app that opens their account."""
    found = database.repositories.authenticator_of(PatientId(UUID(actor.subject)))
    return AuthenticatorStanding(since=found.confirmed_at if found else None)


def remove_authenticator(
    actor: Actor, *, now: datetime, database: Database, events: PendingEvents
) -> AuthenticatorStanding:
    """Take the app off, or do nothing where there is none; raises LoginTooOld."""
    me = just_logged_in(actor, database, now)
    if database.repositories.remove_authenticator(me):
        _tell(me, events, "retire")
    return AuthenticatorStanding()


def _tell(me: PatientId, events: PendingEvents, reason: str) -> None:
    events.publish(AuthenticatorChanged(patient_id=me))
    events.journal(patients_own_act(me, Act.MOYEN_CONNEXION, Outcome.ALLOWED, reason))
