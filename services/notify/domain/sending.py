"""How a delivery goes on: by which address, and when it is tried again."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.identity import Contact
from contracts.vocabulary import Channel, NoticeCode, PatientId, Rpps

LEASE = timedelta(seconds=90)
"""Longer than the unit of work that holds it may last, so that nobody else takes what is being sent."""
PATIENCE = timedelta(days=7)
"""A notice that could not be sent for so long is there to be read, and is not sent any more."""

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_PAUSE_WITHOUT_CONTACT = timedelta(hours=6)


class DeliveryState(StrEnum):
    """Where a delivery stands: on its way, or ended in one of three ways."""

    PENDING = "pending"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One notice on its way by one channel; `attempts` counts the one under way."""

    patient_id: PatientId
    notice_id: UUID
    channel: Channel
    code: NoticeCode
    recipient: Rpps | None
    attempts: int
    give_up_at: datetime


class SendOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an attempt: `due_at` is the next one, `sent_by` the channel that took it."""

    state: DeliveryState
    due_at: datetime | None = None
    sent_by: Channel | None = None


def address_for(channel: Channel, contact: Contact) -> tuple[Channel, str] | None:
    """The verified address of that channel, else of the other one; None when nobody can be reached."""
    known = {Channel.EMAIL: contact.email, Channel.SMS: contact.mobile}
    for way in sorted(known, key=lambda one: one is not channel):
        address = known[way]
        if address:
            return way, address
    return None


def sent(by: Channel) -> SendOutcome:
    """The provider took it."""
    return SendOutcome(state=DeliveryState.SENT, sent_by=by)


def refused() -> SendOutcome:
    """The provider says that nobody can be reached at this address; trying again would say the same."""
    return SendOutcome(state=DeliveryState.REFUSED)


def put_off(delivery: Delivery, now: datetime) -> SendOutcome:
    """The provider is away: a pause that doubles from attempt to attempt, up to ten minutes."""
    doublings = min(delivery.attempts - 1, 10)
    return _later(delivery, now, min(_FIRST_PAUSE * 2**doublings, _LONGEST_PAUSE))


def put_off_without_contact(delivery: Delivery, now: datetime) -> SendOutcome:
    """There is no address yet; the activation of an account hastens this."""
    return _later(delivery, now, _PAUSE_WITHOUT_CONTACT)


def _later(delivery: Delivery, now: datetime, pause: timedelta) -> SendOutcome:
    if now >= delivery.give_up_at:
        return SendOutcome(state=DeliveryState.GIVEN_UP)
    return SendOutcome(state=DeliveryState.PENDING, due_at=min(now + pause, delivery.give_up_at))
