"""Changes patients make to their account: the password, and the contact, of which the old address is warned first."""

from functools import partial

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import TooManyAttempts
from contracts.errors.request import LoginFailed
from contracts.identity.api import Identity
from contracts.identity.events import ContactChanged, PasswordSet
from contracts.identity.logins import (
    ChangeContact,
    ChangePassword,
    CodeSent,
    PasswordChanged,
    PresentCode,
    ShowContact,
)
from contracts.identity.people import Contact
from contracts.notify import NoticeCode, Notify, WarnAddress
from contracts.vocabulary import Act, Channel
from services.identity import contacts, domain
from services.identity.account_holders import caller_id, check_recent_login
from services.identity.code_attempts import check_sending, prepare_code, present_code, refused_guess, send_code
from services.identity.context import IdentityContext
from services.identity.means import end_under_way, means_of
from services.identity.repositories.accounts import PendingContact
from services.identity.repositories.attempts import AttemptPurpose

_CHANGES = unasked(NoQuestion.OWN, Act.MOYEN_CONNEXION)
_PASSWORD, _CONTACT = "mot_de_passe", "coordonnees"


@handles(Identity.change_password, access=_CHANGES)
def change_password(ctx: IdentityContext, request: ChangePassword) -> PasswordChanged:
    """Set a new password, end every session but the caller's and what was begun, and forget known devices.

    The holder is notified.

    Raises:
        LoginTooOld; WeakPassword, InvalidRequest: the new one. LoginFailed: the current one is another.
        TooManyAttempts: it was guessed at too often.
    """
    ctx.access.reason = _PASSWORD
    me = check_recent_login(ctx)
    account = ctx.database.repositories.account_of(me)
    if account is None:
        raise LoginFailed
    is_guessable = partial(ctx.tools.passwords.is_guessable, identifier=account.identifier)
    domain.check_password(request.password, is_guessable)
    # Not the count of logins: strangers must not keep the holder from changing it.
    guesses = ctx.tools.codes.password_key(str(me))
    with ctx.database.separate_transaction() as separate:
        wait = separate.count_login(guesses, ctx.now)
    if wait:
        raise TooManyAttempts(seconds=str(wait))
    if not ctx.tools.passwords.is_right(account.password_hash, request.current):
        raise refused_guess(ctx, me)
    password_hash = ctx.tools.passwords.hash(request.password)
    repositories = ctx.database.repositories
    repositories.forget_logins(guesses)
    repositories.forget_logins(ctx.tools.codes.login_key(account.identifier))
    repositories.set_password(me, password_hash)
    end_under_way(ctx, me)
    repositories.forget_devices(me)
    ended = repositories.end_sessions(ctx.actor.role, ctx.actor.subject, ctx.now, but=ctx.actor.session)
    ctx.events.publish(PasswordSet(patient_id=me))
    return PasswordChanged(ended=ended, means=means_of(ctx, account))


@handles(Identity.show_contact, access=unjournalled(NoEntry.OWN, NoQuestion.OWN))
def show_contact(ctx: IdentityContext, _request: ShowContact) -> Contact:
    """The caller's verified addresses."""
    return _contact_of_caller(ctx)


@handles(Identity.change_contact, access=unjournalled(NoEntry.LATER_STEP, NoQuestion.OWN))
def change_contact(ctx: IdentityContext, request: ChangeContact) -> CodeSent:
    """Send a code to a new address; nothing is changed until it is presented.

    Raises:
        LoginTooOld; InvalidContact: no such address. TooManyAttempts: codes were sent there and not used, or
            the account has changed its contact often.
    """
    me = check_recent_login(ctx)
    address = _normal(request)
    prepared = prepare_code(ctx, AttemptPurpose.CONTACT, me)
    with ctx.database.separate_transaction() as repositories:
        # By account too, also of changes that were made: whose session it is could write to many addresses.
        check_sending(ctx, repositories, ctx.tools.codes.changes_key(str(me)))
        check_sending(ctx, repositories, ctx.tools.codes.address_key(address))
        repositories.put_attempt(prepared.attempt)
        repositories.put_pending_contact(
            PendingContact(
                patient_id=me,
                attempt_id=prepared.attempt.attempt_id,
                channel=request.channel,
                address=address,
                expires_at=prepared.attempt.expires_at,
            )
        )
    send_code(ctx, prepared, request.channel, address)
    return prepared.answer


@handles(Identity.confirm_contact, access=_CHANGES)
def confirm_contact(ctx: IdentityContext, request: PresentCode) -> Contact:
    """Warn the old address, then make the new one the account's; codes sent to the old one open nothing any more.

    Raises:
        LoginFailed: the code opens no change of the caller's. ServiceUnavailable: the old address cannot be warned.
    """
    ctx.access.reason = _CONTACT
    opened = present_code(ctx, request, AttemptPurpose.CONTACT)
    me, repositories = caller_id(ctx), ctx.database.repositories
    pending = repositories.take_pending_contact(me, opened.attempt_id) if opened.holder == me else None
    account = repositories.account_of(me)
    if pending is None or account is None:
        raise LoginFailed
    old = account.contact.mobile if pending.channel is Channel.SMS else account.contact.email
    if old and old != pending.address:
        _warn(ctx, pending.channel, old)
    repositories.set_contact(me, pending.channel, pending.address)
    end_under_way(ctx, me)
    repositories.forget_logins(ctx.tools.codes.address_key(pending.address))
    ctx.events.publish(ContactChanged(patient_id=me))
    return _contact_of_caller(ctx)


def _contact_of_caller(ctx: IdentityContext) -> Contact:
    account = ctx.database.repositories.account_of(caller_id(ctx))
    return Contact() if account is None else account.contact


def _warn(ctx: IdentityContext, channel: Channel, address: str) -> None:
    message = WarnAddress(channel=channel, address=address, code=NoticeCode.COORDONNEES)
    ctx.remote.as_service(Notify.warn_address, message)


def _normal(request: ChangeContact) -> str:
    normal = contacts.normal_mobile if request.channel is Channel.SMS else contacts.normal_email
    return normal(request.address)
