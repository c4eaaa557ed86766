"""Many notices of one kind are few messages, and nobody is tried who has no account."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from contracts.notify import NoticeCode
from contracts.vocabulary import Channel, PatientId, Rpps
from services.notify.domain.notices import Draft
from services.notify.domain.sending import Delivery, gathered, put_off_without_contact, sent
from services.notify.repositories.notices import NoticeRepository
from services.notify.tables import notices
from tests.support.service_stack import ServiceStack

WINDOW = timedelta(minutes=15)


class Sender:
    """Writes and sends at times of its own, so far in the future that the running service finds nothing due."""

    def __init__(self, stack: ServiceStack) -> None:
        self.patient_id = PatientId(uuid4())
        self.now = datetime(2200, 1, 1, tzinfo=UTC) + timedelta(seconds=uuid4().int % 10**9)
        self._stack = stack

    def write(self, *codes: NoticeCode, recipient: Rpps | None = None) -> None:
        """Notices of these codes, as one bundle of events causes them."""
        drafts = [
            Draft(patient_id=self.patient_id, code=code, channel=Channel.SMS, recipient=recipient) for code in codes
        ]
        with self._stack.database("notify") as connection:
            NoticeRepository(connection).write([(draft, self.now) for draft in drafts], self.now, WINDOW)

    def take(self) -> list[list[Delivery]]:
        """What is due, as messages."""
        with self._stack.database("notify") as connection:
            due = NoticeRepository(connection).take(1000, self.now)
        return gathered(delivery for delivery in due if delivery.patient_id == self.patient_id)

    def send(self) -> Sequence[int]:
        """Send what is due; returns how many notices each message stands for."""
        messages = self.take()
        with self._stack.database("notify") as connection:
            repository = NoticeRepository(connection)
            for message in messages:
                repository.settle(message, sent(Channel.SMS), self.now)
        return sorted(len(message) for message in messages)

    def hasten(self) -> None:
        """The account is activated."""
        with self._stack.database("notify") as connection:
            NoticeRepository(connection).hasten(self.patient_id, self.now)

    def fail_without_account(self) -> int:
        """Try what is due, and find no address; returns how many were tried."""
        messages = self.take()
        with self._stack.database("notify") as connection:
            for message in messages:
                outcome = put_off_without_contact(message[0], self.now)
                NoticeRepository(connection).settle(message, outcome, self.now)
        return sum(len(message) for message in messages)

    def stored(self) -> int:
        """How many notices can be read."""
        with self._stack.database("notify") as connection:
            query = select(func.count()).where(notices.c.patient_id == self.patient_id)
            return int(connection.execute(query).scalar_one())


@pytest.fixture
def sender(stack: ServiceStack) -> Sender:
    return Sender(stack)


def test_twenty_five_openings_of_an_emergency_are_two_messages_and_twenty_five_notices(sender: Sender) -> None:
    sender.write(NoticeCode.ACCES_BRIS_GLACE)
    assert sender.send() == [1]
    for _ in range(24):
        sender.now += timedelta(seconds=10)
        sender.write(NoticeCode.ACCES_BRIS_GLACE)
        assert sender.send() == []
    sender.now += WINDOW
    assert sender.send() == [24]
    assert sender.stored() == 25


def test_of_a_bundle_the_first_goes_out_at_once_and_the_others_together(sender: Sender) -> None:
    sender.write(*[NoticeCode.AJOUT_DOCUMENT] * 20)
    assert sender.send() == [1]
    sender.now += WINDOW
    assert sender.send() == [19]


def test_other_kinds_and_other_people_are_told_at_once(sender: Sender) -> None:
    sender.write(NoticeCode.ACCES_BRIS_GLACE)
    sender.write(NoticeCode.ACCES_BRIS_GLACE, recipient=Rpps("80000000019"))
    sender.write(NoticeCode.MOT_DE_PASSE)
    assert sender.send() == [1, 1, 1]


def test_after_the_window_the_next_goes_out_at_once(sender: Sender) -> None:
    sender.write(NoticeCode.MOT_DE_PASSE)
    assert sender.send() == [1]
    sender.now += WINDOW
    sender.write(NoticeCode.MOT_DE_PASSE)
    assert sender.send() == [1]


def test_somebody_without_an_account_is_tried_once_and_gets_everything_when_they_have_one(sender: Sender) -> None:
    sender.write(NoticeCode.AJOUT_DOCUMENT)
    assert sender.fail_without_account() == 1
    for _ in range(6):
        sender.now += timedelta(hours=6)
        sender.write(NoticeCode.AJOUT_DOCUMENT)
        assert sender.fail_without_account() == 0
    sender.hasten()
    assert sender.send() == [7]


def test_an_account_activated_during_the_try_is_not_missed(sender: Sender) -> None:
    sender.write(NoticeCode.AJOUT_DOCUMENT)
    [[delivery]] = sender.take()
    sender.now += timedelta(seconds=1)
    sender.hasten()
    with sender._stack.database("notify") as connection:
        NoticeRepository(connection).settle([delivery], put_off_without_contact(delivery, sender.now), sender.now)
    assert sender.send() == [1]


def test_what_waited_longer_than_it_is_kept_for_is_not_sent_any_more(sender: Sender) -> None:
    sender.write(NoticeCode.AJOUT_DOCUMENT)
    sender.fail_without_account()
    sender.now += timedelta(days=8)
    sender.hasten()
    assert sender.send() == []
