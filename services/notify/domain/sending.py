"""State of a delivery: the address it goes to, and when it is tried again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.identity.people import Contact
from contracts.notify import NoticeCode
from contracts.vocabulary import Channel, PatientId, Rpps

LEASE = timedelta(seconds=90)
"""Longer than the deadline of the unit of work that holds it, so that no other sender takes the delivery."""
PATIENCE = timedelta(days=7)
"""After this time a delivery is given up; the notice can still be read."""

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_PAUSE_WITHOUT_CONTACT = timedelta(hours=6)
"""Of professionals; a patient's deliveries wait for the account instead."""


class DeliveryState(StrEnum):
    """Pending or waiting, or ended in one of four ways.

    Waiting: the holder has no account, and its activation makes it pending; nothing is tried before. Gathered: sent
    with another of the same kind, as one message.
    """

    PENDING = "pending"
    WAITING = "waiting"
    GATHERED = "gathered"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One notice to be sent by one channel; `attempts` includes the current one, `due_at` is when it fell due."""

    patient_id: PatientId
    notice_id: UUID
    channel: Channel
    code: NoticeCode
    recipient: Rpps | None
    attempts: int
    due_at: datetime
    give_up_at: datetime


class SendOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of an attempt; `due_at`: the next attempt, `sent_by`: the channel that accepted it."""

    state: DeliveryState
    due_at: datetime | None = None
    sent_by: Channel | None = None


def address_for(channel: Channel, contact: Contact) -> tuple[Channel, str] | None:
    """The verified address of that channel, else of the other one, with its channel; None without any."""
    known = {Channel.EMAIL: contact.email, Channel.SMS: contact.mobile}
    for candidate in sorted(known, key=lambda candidate: candidate is not channel):
        address = known[candidate]
        if address:
            return candidate, address
    return None


def sent(by: Channel) -> SendOutcome:
    """The provider accepted it."""
    return SendOutcome(state=DeliveryState.SENT, sent_by=by)


def refused() -> SendOutcome:
    """The provider refuses the address for good."""
    return SendOutcome(state=DeliveryState.REFUSED)


def put_off(delivery: Delivery, now: datetime) -> SendOutcome:
    """The provider does not answer: a pause that doubles with each attempt, up to ten minutes."""
    doublings = min(delivery.attempts - 1, 10)
    return _later(delivery, now, min(_FIRST_PAUSE * 2**doublings, _LONGEST_PAUSE))


def put_off_without_contact(delivery: Delivery, now: datetime) -> SendOutcome:
    """There is no address: a holder's delivery waits for the account, a professional's is tried again later."""
    if delivery.recipient is None and now < delivery.give_up_at:
        return SendOutcome(state=DeliveryState.WAITING)
    return _later(delivery, now, _PAUSE_WITHOUT_CONTACT)


def gathered(due: Iterable[Delivery]) -> list[list[Delivery]]:
    """Deliveries of one kind to one person together, in the order given; each group becomes one message."""
    groups: dict[tuple[PatientId, Rpps | None, NoticeCode, Channel], list[Delivery]] = {}
    for delivery in due:
        kind = (delivery.patient_id, delivery.recipient, delivery.code, delivery.channel)
        groups.setdefault(kind, []).append(delivery)
    return list(groups.values())


def with_another(state: DeliveryState) -> DeliveryState:
    """The state of a delivery that went out with another of this state, or failed with it."""
    return DeliveryState.GATHERED if state is DeliveryState.SENT else state


def _later(delivery: Delivery, now: datetime, pause: timedelta) -> SendOutcome:
    if now >= delivery.give_up_at:
        return SendOutcome(state=DeliveryState.GIVEN_UP)
    return SendOutcome(state=DeliveryState.PENDING, due_at=min(now + pause, delivery.give_up_at))
