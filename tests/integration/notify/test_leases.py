"""A delivery is in one hand at a time, and comes back when that hand is gone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from contracts.vocabulary import Channel, NoticeCode, PatientId, Rpps
from services.notify.domain.notices import Draft
from services.notify.domain.reading import NoticeFilter
from services.notify.domain.sending import LEASE, Delivery, put_off, sent
from services.notify.repositories import NoticeRepository
from services.notify.tables import deliveries
from tests.integration.notify.stack import NotifyStack


@pytest.fixture
def now() -> datetime:
    """A moment of this test's own, so far away that the running service finds nothing due."""
    return datetime(2100, 1, 1, tzinfo=UTC) + timedelta(seconds=uuid4().int % 10**9)


def written(stack: NotifyStack, now: datetime) -> PatientId:
    patient_id = PatientId(uuid4())
    draft = Draft(patient_id=patient_id, code=NoticeCode.AJOUT_DOCUMENT, channel=Channel.EMAIL)
    with stack.database("notify") as connection:
        NoticeRepository(connection).write([(draft, now)], now)
    return patient_id


def taken(stack: NotifyStack, now: datetime) -> set[PatientId]:
    with stack.database("notify") as connection:
        return {one.patient_id for one in NoticeRepository(connection).take(1000, now)}


def delivery_of(stack: NotifyStack, patient_id: PatientId, now: datetime) -> Delivery:
    with stack.database("notify") as connection:
        return next(one for one in NoticeRepository(connection).take(1000, now) if one.patient_id == patient_id)


def test_what_one_has_taken_is_taken_again_only_when_the_lease_has_ended(stack: NotifyStack, now: datetime) -> None:
    patient_id = written(stack, now)

    assert patient_id in taken(stack, now)
    assert patient_id not in taken(stack, now + LEASE - timedelta(seconds=1))
    assert patient_id in taken(stack, now + LEASE)


def test_senders_at_work_together_take_different_deliveries(stack: NotifyStack, now: datetime) -> None:
    both = {written(stack, now), written(stack, now)}
    with stack.database("notify") as first, stack.database("notify") as second:
        some = {one.patient_id for one in NoticeRepository(first).take(1, now)}
        others = {one.patient_id for one in NoticeRepository(second).take(1000, now)}

    assert some.isdisjoint(others)
    assert both <= some | others


def test_an_activation_does_not_take_away_what_is_being_sent(stack: NotifyStack, now: datetime) -> None:
    patient_id = written(stack, now)
    taken(stack, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).hasten(patient_id, now)

    assert patient_id not in taken(stack, now)


def test_what_waits_for_an_address_is_due_at_the_activation(stack: NotifyStack, now: datetime) -> None:
    patient_id = written(stack, now)
    delivery = delivery_of(stack, patient_id, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).settle(delivery, put_off(delivery, now), now)
    assert patient_id not in taken(stack, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).hasten(patient_id, now)

    assert patient_id in taken(stack, now)


def test_what_was_sent_is_never_taken_again(stack: NotifyStack, now: datetime) -> None:
    patient_id = written(stack, now)
    delivery = delivery_of(stack, patient_id, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).settle(delivery, sent(Channel.SMS), now)
        NoticeRepository(connection).hasten(patient_id, now)

    assert patient_id not in taken(stack, now + timedelta(days=30))


def test_two_channels_of_one_notice_go_their_own_ways(stack: NotifyStack, now: datetime) -> None:
    patient_id = written(stack, now)
    with stack.database("notify") as connection:
        columns = [column for column in deliveries.c if column.name != "channel"]
        of_patient = select(*columns).where(deliveries.c.patient_id == patient_id)
        row = connection.execute(of_patient).one()._asdict()
        connection.execute(insert(deliveries).values(**row, channel=Channel.SMS.value))
    delivery = delivery_of(stack, patient_id, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).settle(delivery, sent(delivery.channel), now)
        key = NoticeFilter(patient_id=patient_id, hides_secret=True)
        [notice] = NoticeRepository(connection).of_holder(key, count=1, before=UUID(int=2**128 - 1))

    assert notice.sent == (delivery.channel,)
    assert patient_id in taken(stack, now + LEASE)


def test_what_is_written_together_is_filed_in_order_and_each_goes_its_own_way(
    stack: NotifyStack, now: datetime
) -> None:
    patient_id, doctor = PatientId(uuid4()), Rpps("89990000070")

    def draft(code: NoticeCode, channel: Channel | None, recipient: Rpps | None = None) -> Draft:
        secret = channel is None
        return Draft(patient_id=patient_id, code=code, channel=channel, recipient=recipient, secret=secret)

    told = [
        (draft(NoticeCode.AJOUT_DOCUMENT, Channel.EMAIL), now),
        (draft(NoticeCode.MODIF_DOCUMENT, None), now),
        (draft(NoticeCode.ACCES_BRIS_GLACE, Channel.SMS), now + timedelta(hours=1)),
        (draft(NoticeCode.ACCES_BRIS_GLACE, Channel.EMAIL, doctor), now),
    ]
    with stack.database("notify") as connection:
        notices = NoticeRepository(connection)
        notices.write(told, now)
        filed = notices.of_holder(NoticeFilter(patient_id=patient_id, hides_secret=False), count=10, before=None)
        shown = notices.of_holder(NoticeFilter(patient_id=patient_id, hides_secret=True), count=10, before=None)
        taken = [one for one in notices.take(1000, now) if one.patient_id == patient_id]
    assert [(one.code, one.at) for one in filed] == [(one.code, at) for one, at in reversed(told[:3])]
    assert [one.code for one in shown] == [NoticeCode.ACCES_BRIS_GLACE, NoticeCode.AJOUT_DOCUMENT]
    sent = {(one.code, one.channel, one.recipient) for one, _ in told if one.channel}
    assert {(one.code, one.channel, one.recipient) for one in taken} == sent
