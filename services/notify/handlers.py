"""One function per verb of the notify service.

A notice is written with its delivery in the transaction that takes the event in, so it is there once, whatever
happens to the providers. Sending is apart: a delivery is leased (durably, before anything is sent), sent, then
settled (durably, at once). What crashes between sending and settling is sent again when the lease ends, and only
that one: at least once, doubled only by a crash in those milliseconds. The other order (settle, then send) would
lose a notice there, and a person not told of an emergency access is worse than one told twice.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from time import monotonic
from uuid import UUID, uuid4

from chassis.units import RequestContext
from contracts.consent import Consent, Decide, Purpose
from contracts.errors import InvalidContact, InvalidRequest, ServiceUnavailable, Unavailable
from contracts.identity import Contact, ContactOf, Identity
from contracts.notify import ListNotices, Notices, SendCode, WarnAddress
from contracts.vocabulary import PatientId
from services.notify.channels import Channels
from services.notify.domain import sending
from services.notify.domain.notices import NotifiableEvent, drafts_of
from services.notify.domain.reading import notice_filter
from services.notify.domain.sending import Delivery, SendOutcome
from services.notify.domain.wording import letter_of_code, letter_of_notice, notice_of
from services.notify.repositories import NoticeRepository

OpenRepository = Callable[[], AbstractContextManager[NoticeRepository]]
"""A store for a single statement, durable at its end."""
ContactLookup = Callable[[ContactOf], Contact]

_BATCH = 50
_LONGEST_PAGE = 100
_LONGEST_ROUND = 40.0
"""Seconds; shorter than the unit of work, whose end would cut through a sending."""


def send_code(message: SendCode, channels: Channels) -> None:
    """Carry a code now.

    Raises:
        InvalidContact, ServiceUnavailable: as `Channels.send`.
    """
    letter = letter_of_code(message.code, message.minutes, letter_id=str(uuid4()))
    channels.send(message.channel, message.address, letter)


def warn_address(message: WarnAddress, channels: Channels) -> None:
    """Tell an address now; raises as `send_code`."""
    letter = letter_of_notice(message.code, to_holder=True, letter_id=str(uuid4()))
    channels.send(message.channel, message.address, letter)


def notify(notices: NoticeRepository, happened: Iterable[tuple[NotifiableEvent, datetime]], *, now: datetime) -> None:
    """Write the notices that follow from what happened, each when it did."""
    drafts = [(draft, at) for event, at in happened for draft in drafts_of(event)]
    if drafts:
        notices.write(drafts, now)


def welcome(notices: NoticeRepository, patient_id: PatientId, *, now: datetime) -> None:
    """There is an address at last: what waited for it goes now."""
    notices.hasten(patient_id, now)


def list_notices(notices: NoticeRepository, call: RequestContext[ListNotices]) -> Notices:
    """A record's notices, newest first, for whom consent lets read them; reading them is not journalled.

    Raises:
        Refusal: consent's; or ServiceUnavailable, for no answer is a refusal too. InvalidRequest: count or before.
    """
    asked = call.message
    decision = call.remote(Consent.decide, Decide(patient_id=asked.patient_id, purpose=Purpose.READ_NOTICES))
    key = notice_filter(decision, asked.patient_id)
    if not 1 <= asked.count <= _LONGEST_PAGE:
        raise InvalidRequest(field="count")
    filed = notices.of_holder(key, count=asked.count, before=_notice_id(asked.before))
    return Notices(notices=tuple(notice_of(one) for one in filed))


def send_due(open_store: OpenRepository, look_up_contact: ContactLookup, channels: Channels, now: datetime) -> None:
    """Send what is due, one batch; each attempt is settled before the next begins.

    What a slow provider leaves no time for is taken up again when its lease ends.

    Raises:
        ServiceUnavailable: at the end, when somebody needed was away, so that it shows; nothing is lost by it.
    """
    with open_store() as notices:
        due = notices.take(_BATCH, now)
    round_ = _SendingRound(look_up_contact, channels, now)
    started = monotonic()
    for delivery in due:
        if monotonic() - started > _LONGEST_ROUND:
            break
        result = round_.attempt(delivery)
        with open_store() as notices:
            notices.settle(delivery, result, now)
    if round_.away:
        raise ServiceUnavailable


class _SendingRound:
    """One round of sending: asks for each person's contact once, and leaves whoever is away in peace."""

    def __init__(self, look_up_contact: ContactLookup, channels: Channels, now: datetime) -> None:
        self._ask_contact = look_up_contact
        self._channels = channels
        self._now = now
        self._contacts: dict[ContactOf, Contact] = {}
        self.away: set[str] = set()
        """Providers, and the service that knows the contacts."""

    def attempt(self, delivery: Delivery) -> SendOutcome:
        try:
            return self._send(delivery)
        except InvalidContact:
            return sending.refused()
        except Unavailable:
            return sending.put_off(delivery, self._now)

    def _send(self, delivery: Delivery) -> SendOutcome:
        with self._unless_away(Identity.service):
            contact = self._contact(delivery)
        found = sending.address_for(delivery.channel, contact)
        if found is None:
            return sending.put_off_without_contact(delivery, self._now)
        channel, address = found
        letter_id = f"{delivery.notice_id}.{channel.value}"
        letter = letter_of_notice(delivery.code, to_holder=delivery.recipient is None, letter_id=letter_id)
        with self._unless_away(channel.value):
            self._channels.send(channel, address, letter)
        return sending.sent(channel)

    @contextmanager
    def _unless_away(self, part: str) -> Iterator[None]:
        if part in self.away:
            raise ServiceUnavailable
        try:
            yield
        except Unavailable:
            self.away.add(part)
            raise

    def _contact(self, delivery: Delivery) -> Contact:
        who = (
            ContactOf(patient_id=delivery.patient_id)
            if delivery.recipient is None
            else ContactOf(rpps=delivery.recipient)
        )
        if who not in self._contacts:
            self._contacts[who] = self._ask_contact(who)
        return self._contacts[who]


def _notice_id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise InvalidRequest(field="before") from None
