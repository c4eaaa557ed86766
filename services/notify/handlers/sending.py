"""Sending what is due, apart from the transaction that wrote the notice.

A delivery is leased (durably, before anything is sent), sent, then settled (durably, at once). What crashes between
sending and settling is sent again when the lease ends, and only that delivery: at least once, doubled only by a crash
in those milliseconds. The other order (settle, then send) would lose a notice there, and not learning of an emergency
access is worse than learning of it twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import Tick, every
from contracts.errors.base import Unavailable
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import InvalidContact
from contracts.identity.api import Identity
from contracts.identity.people import Contact, GetContact
from services.notify.context import NotifyContext
from services.notify.domain import sending
from services.notify.domain.sending import Delivery, SendOutcome
from services.notify.domain.wording import letter_of_notice
from services.notify.repositories.notices import NoticeRepository

_BATCH = 50
_MAX_SECONDS = 40.0
"""Of one round; shorter than the unit of work, whose deadline would interrupt a sending."""


@every(seconds=1, access=unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP))
def send_due(ctx: NotifyContext, _tick: Tick) -> None:
    """Send one batch; each attempt is settled before the next begins.

    What a slow provider leaves no time for is taken again when its lease ends.

    Raises:
        ServiceUnavailable: at the end, if a provider or identity did not answer, so that the log shows it.
    """
    with ctx.autocommit() as connection:
        due = NoticeRepository(connection).take(_BATCH, ctx.now)
    sending_round = _SendingRound(ctx)
    started = monotonic()
    for message in sending.gathered(due):
        if monotonic() - started > _MAX_SECONDS:
            break
        outcome = sending_round.attempt(message[0], count=len(message))
        with ctx.autocommit() as connection:
            NoticeRepository(connection).settle(message, outcome, ctx.now)
    if sending_round.unavailable:
        raise ServiceUnavailable


class _SendingRound:
    """Asks for each person's contact once, and does not retry a part that did not answer.

    `unavailable`: channels, and the service that knows the contacts.
    """

    def __init__(self, ctx: NotifyContext) -> None:
        self._ctx = ctx
        self._contacts: dict[GetContact, Contact] = {}
        self.unavailable: set[str] = set()

    def attempt(self, delivery: Delivery, count: int) -> SendOutcome:
        """Send the message; `count`: how many deliveries of the same kind it is for."""
        try:
            return self._send(delivery, count)
        except InvalidContact:
            return sending.refused()
        except Unavailable:
            return sending.put_off(delivery, self._ctx.now)

    def _send(self, delivery: Delivery, count: int) -> SendOutcome:
        with self._unless_unavailable(Identity.service):
            contact = self._contact(delivery)
        found = sending.address_for(delivery.channel, contact)
        if found is None:
            return sending.put_off_without_contact(delivery, self._ctx.now)
        channel, address = found
        letter_id = f"{delivery.notice_id}.{channel.value}"
        letter = letter_of_notice(
            delivery.code, to_holder=delivery.recipient is None, letter_id=letter_id, count=count
        )
        with self._unless_unavailable(channel.value):
            self._ctx.channels.send(channel, address, letter)
        return sending.sent(channel)

    @contextmanager
    def _unless_unavailable(self, part: str) -> Iterator[None]:
        if part in self.unavailable:
            raise ServiceUnavailable
        try:
            yield
        except Unavailable:
            self.unavailable.add(part)
            raise

    def _contact(self, delivery: Delivery) -> Contact:
        request = (
            GetContact(patient_id=delivery.patient_id)
            if delivery.recipient is None
            else GetContact(rpps=delivery.recipient)
        )
        if request not in self._contacts:
            self._contacts[request] = self._ctx.remote.as_service(Identity.contact_of, request)
        return self._contacts[request]
