"""What patients change of their account: the password, and where they are reached; the old address is told first."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from chassis.pending_events import PendingEvents
from contracts.envelope import Actor
from contracts.errors import LoginFailed, TooManyAttempts
from contracts.identity import (
    ChangeContact,
    ChangePassword,
    CodeSent,
    Contact,
    ContactChanged,
    PasswordChanged,
    PasswordSet,
    PresentCode,
)
from contracts.notify import CodeSentOut, WarnAddress
from contracts.vocabulary import Act, Channel, NoticeCode, Outcome, PatientId
from services.identity import contacts, domain
from services.identity.handlers.codes import CodeSender, check_sending, patients_own_act, prepare_code, present_code
from services.identity.handlers.sessions import just_logged_in
from services.identity.repositories import Database
from services.identity.repositories.accounts import PendingContact
from services.identity.repositories.attempts import AttemptPurpose
from services.identity.tools import Tools

AddressWarning = Callable[[WarnAddress], CodeSentOut]
"""Tells an address at once, or raises that it could not."""

_PASSWORD, _CONTACT = "mot_de_passe", "coordonnees"


def change_password(
    message: ChangePassword, actor: Actor, *, now: datetime, database: Database, tools: Tools, events: PendingEvents
) -> PasswordChanged:
    """Set a new password, and end every session but the one that asks; the holder is told.

    Raises:
        LoginTooOld; WeakPassword, InvalidRequest: the new one. LoginFailed: the current one is another.
        TooManyAttempts: it was guessed at too often.
    """
    me = just_logged_in(actor, database, now)
    account = database.repositories.account_of(me)
    if account is None:
        raise LoginFailed
    is_guessable = partial(tools.passwords.is_guessable, identifier=account.identifier)
    domain.check_password(message.password, is_guessable)
    guesses = tools.codes.login_key(account.identifier)
    with database.separate_transaction() as separate_transaction:
        wait = separate_transaction.count_login(guesses, now)
    if wait:
        raise TooManyAttempts(seconds=str(wait))
    if not tools.passwords.is_right(account.password_hash, message.current):
        raise LoginFailed
    password_hash = tools.passwords.hash(message.password)
    repositories = database.repositories
    repositories.forget_logins(guesses)
    repositories.set_password(me, password_hash)
    ended = repositories.end_sessions(actor.role, actor.subject, now, but=actor.session)
    events.publish(PasswordSet(patient_id=me))
    _journal(me, events, _PASSWORD)
    return PasswordChanged(ended=ended)


def my_contact(actor: Actor, database: Database) -> Contact:
    """Where the caller is reached."""
    account = database.repositories.account_of(_me(actor))
    return Contact() if account is None else account.contact


def change_contact(
    message: ChangeContact, actor: Actor, *, now: datetime, database: Database, tools: Tools, send: CodeSender
) -> CodeSent:
    """Send a code to a new address; nothing is changed until it comes back.

    Raises:
        LoginTooOld; InvalidContact: no such address. TooManyAttempts: codes were sent there and not used.
    """
    me = just_logged_in(actor, database, now)
    address = _normal(message)
    prepared = prepare_code(tools.codes, AttemptPurpose.CONTACT, me, now)
    with database.separate_transaction() as repositories:
        check_sending(repositories, tools.codes, address, now)
        repositories.put_attempt(prepared.attempt)
        repositories.put_pending_contact(
            PendingContact(
                patient_id=me,
                attempt_id=prepared.attempt.attempt_id,
                channel=message.channel,
                address=address,
                expires_at=prepared.attempt.expires_at,
            )
        )
    prepared.send(send, message.channel, address)
    return prepared.answer


def confirm_contact(
    message: PresentCode,
    actor: Actor,
    *,
    now: datetime,
    database: Database,
    tools: Tools,
    events: PendingEvents,
    warn: AddressWarning,
) -> Contact:
    """The code came back: the old address is told, then the new one is the account's.

    Raises:
        LoginFailed: the code opens no change of the caller's. ServiceUnavailable: the old address cannot be told.
    """
    opened = present_code(
        message,
        AttemptPurpose.CONTACT,
        Act.MOYEN_CONNEXION,
        now=now,
        database=database,
        codes=tools.codes,
        events=events,
    )
    me, repositories = _me(actor), database.repositories
    pending = repositories.take_pending_contact(me, opened.attempt_id) if opened.holder == me else None
    account = repositories.account_of(me)
    if pending is None or account is None:
        raise LoginFailed
    old = account.contact.mobile if pending.channel is Channel.SMS else account.contact.email
    if old and old != pending.address:
        warn(WarnAddress(channel=pending.channel, address=old, code=NoticeCode.COORDONNEES))
    repositories.set_contact(me, pending.channel, pending.address)
    repositories.forget_logins(tools.codes.address_key(pending.address))
    events.publish(ContactChanged(patient_id=me))
    _journal(me, events, _CONTACT)
    return my_contact(actor, database)


def _normal(message: ChangeContact) -> str:
    normal = contacts.normal_mobile if message.channel is Channel.SMS else contacts.normal_email
    return normal(message.address)


def _me(actor: Actor) -> PatientId:
    return PatientId(UUID(actor.subject))


def _journal(me: PatientId, events: PendingEvents, reason: str) -> None:
    events.journal(patients_own_act(me, Act.MOYEN_CONNEXION, Outcome.ALLOWED, reason))
