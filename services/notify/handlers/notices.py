"""Events that cause notices, each written with its deliveries in the transaction that takes the event.

`services.notify.domain.notices.drafts_of` decides which notices, for whom and by which channel.
"""

from typing import TypeVar

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import ReceivedEvent, listens_to_bundle
from contracts.consent import AppAllowed, CarerAccepted, CarerEnded, EmergencyAccessOpened
from contracts.identity import AccountActivated, AccountLockChanged, AuthenticatorChanged, ContactChanged, PasswordSet
from contracts.records import (
    DocumentAppeared,
    DocumentDeleted,
    DocumentDeposited,
    MajorityReached,
    RecordClosed,
    RecordFirstRead,
    RecordPurged,
    RecordReopened,
    VisibilityChanged,
)
from services.notify.context import NotifyContext
from services.notify.domain.notices import NotifiableEvent, drafts_of

E = TypeVar("E", bound=NotifiableEvent)
Bundle = tuple[ReceivedEvent[E], ...]
_OF_SENDER = unjournalled(NoEntry.SENDER, NoQuestion.SENDER)


@listens_to_bundle(DocumentDeposited, access=_OF_SENDER)
def notify_document_deposited(ctx: NotifyContext, events: Bundle[DocumentDeposited]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(DocumentAppeared, access=_OF_SENDER)
def notify_document_appeared(ctx: NotifyContext, events: Bundle[DocumentAppeared]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(DocumentDeleted, access=_OF_SENDER)
def notify_document_deleted(ctx: NotifyContext, events: Bundle[DocumentDeleted]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(VisibilityChanged, access=_OF_SENDER)
def notify_visibility_changed(ctx: NotifyContext, events: Bundle[VisibilityChanged]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(RecordFirstRead, access=_OF_SENDER)
def notify_first_read(ctx: NotifyContext, events: Bundle[RecordFirstRead]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(RecordClosed, access=_OF_SENDER)
def notify_record_closed(ctx: NotifyContext, events: Bundle[RecordClosed]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(RecordReopened, access=_OF_SENDER)
def notify_record_reopened(ctx: NotifyContext, events: Bundle[RecordReopened]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(RecordPurged, access=_OF_SENDER)
def notify_record_purged(ctx: NotifyContext, events: Bundle[RecordPurged]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(MajorityReached, access=_OF_SENDER)
def notify_majority_reached(ctx: NotifyContext, events: Bundle[MajorityReached]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(EmergencyAccessOpened, access=_OF_SENDER)
def notify_emergency_access(ctx: NotifyContext, events: Bundle[EmergencyAccessOpened]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(AccountActivated, access=_OF_SENDER)
def notify_account_activated(ctx: NotifyContext, events: Bundle[AccountActivated]) -> None:
    """The new account has an address: what waited for one is due now."""
    _write_notices(ctx, events)
    for received in events:
        ctx.notices.hasten(received.event.patient_id, ctx.now)


@listens_to_bundle(AuthenticatorChanged, access=_OF_SENDER)
def notify_authenticator_changed(ctx: NotifyContext, events: Bundle[AuthenticatorChanged]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(AppAllowed, access=_OF_SENDER)
def notify_app_allowed(ctx: NotifyContext, events: Bundle[AppAllowed]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(PasswordSet, access=_OF_SENDER)
def notify_password_set(ctx: NotifyContext, events: Bundle[PasswordSet]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(AccountLockChanged, access=_OF_SENDER)
def notify_account_lock_changed(ctx: NotifyContext, events: Bundle[AccountLockChanged]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(ContactChanged, access=_OF_SENDER)
def notify_contact_changed(ctx: NotifyContext, events: Bundle[ContactChanged]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(CarerAccepted, access=_OF_SENDER)
def notify_carer_accepted(ctx: NotifyContext, events: Bundle[CarerAccepted]) -> None:
    _write_notices(ctx, events)


@listens_to_bundle(CarerEnded, access=_OF_SENDER)
def notify_carer_ended(ctx: NotifyContext, events: Bundle[CarerEnded]) -> None:
    _write_notices(ctx, events)


def _write_notices(ctx: NotifyContext, events: Bundle[E]) -> None:
    drafts = [(draft, received.at) for received in events for draft in drafts_of(received.event)]
    if drafts:
        ctx.notices.write(drafts, ctx.now)
