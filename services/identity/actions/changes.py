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
from services.identity.actions.codes import Carry, check_sending, patients_own_act, prepare_code, present_code
from services.identity.actions.desk import Desk
from services.identity.actions.sessions import just_logged_in
from services.identity.store import Cellar
from services.identity.store.accounts import PendingContact
from services.identity.store.attempts import Purpose

Warn = Callable[[WarnAddress], CodeSentOut]
"""Tells an address at once, or raises that it could not."""

_PASSWORD, _CONTACT = "mot_de_passe", "coordonnees"


def change_password(
    message: ChangePassword, actor: Actor, *, now: datetime, cellar: Cellar, desk: Desk, events: PendingEvents
) -> PasswordChanged:
    """Set a new password, and end every session but the one that asks; the holder is told.

    Raises:
        LoginTooOld; WeakPassword, InvalidRequest: the new one. LoginFailed: the current one is another.
        TooManyAttempts: it was guessed at too often.
    """
    me = just_logged_in(actor, cellar, now)
    account = cellar.store.account_of(me)
    if account is None:
        raise LoginFailed
    is_guessable = partial(desk.passwords.is_guessable, identifier=account.identifier)
    domain.check_password(message.password, is_guessable)
    guesses = desk.codes.login_key(account.identifier)
    with cellar.beside() as beside:
        wait = beside.count_login(guesses, now)
    if wait:
        raise TooManyAttempts(seconds=str(wait))
    if not desk.passwords.is_right(account.password_hash, message.current):
        raise LoginFailed
    password_hash = desk.passwords.hash(message.password)
    store = cellar.store
    store.forget_logins(guesses)
    store.set_password(me, password_hash)
    ended = store.end_sessions(actor.role, actor.subject, now, but=actor.session)
    events.publish(PasswordSet(patient_id=me))
    _journal(me, events, _PASSWORD)
    return PasswordChanged(ended=ended)


def my_contact(actor: Actor, cellar: Cellar) -> Contact:
    """Where the caller is reached."""
    account = cellar.store.account_of(_me(actor))
    return Contact() if account is None else account.contact


def change_contact(
    message: ChangeContact, actor: Actor, *, now: datetime, cellar: Cellar, desk: Desk, carry: Carry
) -> CodeSent:
    """Send a code to a new address; nothing is changed until it comes back.

    Raises:
        LoginTooOld; InvalidContact: no such address. TooManyAttempts: codes were sent there and not used.
    """
    me = just_logged_in(actor, cellar, now)
    address = _normal(message)
    prepared = prepare_code(desk.codes, Purpose.CONTACT, me, now)
    with cellar.beside() as store:
        check_sending(store, desk.codes, address, now)
        store.put_attempt(prepared.attempt)
        store.put_pending_contact(
            PendingContact(
                patient_id=me,
                attempt_id=prepared.attempt.attempt_id,
                channel=message.channel,
                address=address,
                expires_at=prepared.attempt.expires_at,
            )
        )
    prepared.carry(carry, message.channel, address)
    return prepared.answer


def confirm_contact(
    message: PresentCode,
    actor: Actor,
    *,
    now: datetime,
    cellar: Cellar,
    desk: Desk,
    events: PendingEvents,
    warn: Warn,
) -> Contact:
    """The code came back: the old address is told, then the new one is the account's.

    Raises:
        LoginFailed: the code opens no change of the caller's. ServiceUnavailable: the old address cannot be told.
    """
    opened = present_code(
        message, Purpose.CONTACT, Act.MOYEN_CONNEXION, now=now, cellar=cellar, codes=desk.codes, events=events
    )
    me, store = _me(actor), cellar.store
    pending = store.take_pending_contact(me, opened.attempt_id) if opened.holder == me else None
    account = store.account_of(me)
    if pending is None or account is None:
        raise LoginFailed
    old = account.contact.mobile if pending.channel is Channel.SMS else account.contact.email
    if old and old != pending.address:
        warn(WarnAddress(channel=pending.channel, address=old, code=NoticeCode.COORDONNEES))
    store.set_contact(me, pending.channel, pending.address)
    store.forget_logins(desk.codes.address_key(pending.address))
    events.publish(ContactChanged(patient_id=me))
    _journal(me, events, _CONTACT)
    return my_contact(actor, cellar)


def _normal(message: ChangeContact) -> str:
    normal = contacts.normal_mobile if message.channel is Channel.SMS else contacts.normal_email
    return normal(message.address)


def _me(actor: Actor) -> PatientId:
    return PatientId(UUID(actor.subject))


def _journal(me: PatientId, events: PendingEvents, reason: str) -> None:
    events.journal(patients_own_act(me, Act.MOYEN_CONNEXION, Outcome.ALLOWED, reason))
