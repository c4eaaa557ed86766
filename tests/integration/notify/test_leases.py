"""A delivery is leased to one sender at a time, and again when the lease ends."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from contracts.consent.decisions import Limits
from contracts.consent.permits import Permit
from contracts.notify import NoticeCode
from contracts.vocabulary import Channel, PatientId, Rpps
from services.notify.domain.notices import Draft
from services.notify.domain.sending import LEASE, Delivery, put_off, sent
from services.notify.repositories.notices import NoticeRepository
from services.notify.tables import deliveries
from tests.support.service_stack import ServiceStack


def permit(patient_id: PatientId, *, hides_secret: bool) -> Permit:
    """To read the notices of a record."""
    limits = Limits(hides_secret=hides_secret)
    return Permit(patient_id=patient_id, reader=None, limits=limits, reason="patient", at=datetime.now(UTC))


@pytest.fixture
def now() -> datetime:
    """A time of this test only, so far in the future that the running service finds nothing due."""
    return datetime(2100, 1, 1, tzinfo=UTC) + timedelta(seconds=uuid4().int % 10**9)


def written(stack: ServiceStack, now: datetime) -> PatientId:
    patient_id = PatientId(uuid4())
    draft = Draft(patient_id=patient_id, code=NoticeCode.AJOUT_DOCUMENT, channel=Channel.EMAIL)
    with stack.database("notify") as connection:
        NoticeRepository(connection).write([(draft, now)], now, timedelta())
    return patient_id


def taken(stack: ServiceStack, now: datetime) -> set[PatientId]:
    with stack.database("notify") as connection:
        return {delivery.patient_id for delivery in NoticeRepository(connection).take(1000, now)}


def delivery_of(stack: ServiceStack, patient_id: PatientId, now: datetime) -> Delivery:
    with stack.database("notify") as connection:
        return next(
            delivery for delivery in NoticeRepository(connection).take(1000, now) if delivery.patient_id == patient_id
        )


def test_a_leased_delivery_is_taken_again_only_after_the_lease(stack: ServiceStack, now: datetime) -> None:
    patient_id = written(stack, now)

    assert patient_id in taken(stack, now)
    assert patient_id not in taken(stack, now + LEASE - timedelta(seconds=1))
    assert patient_id in taken(stack, now + LEASE)


def test_simultaneous_senders_take_different_deliveries(stack: ServiceStack, now: datetime) -> None:
    both = {written(stack, now), written(stack, now)}
    with stack.database("notify") as first, stack.database("notify") as second:
        some = {delivery.patient_id for delivery in NoticeRepository(first).take(1, now)}
        others = {delivery.patient_id for delivery in NoticeRepository(second).take(1000, now)}

    assert some.isdisjoint(others)
    assert both <= some | others


def test_an_activation_does_not_end_a_lease(stack: ServiceStack, now: datetime) -> None:
    patient_id = written(stack, now)
    taken(stack, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).hasten(patient_id, now)

    assert patient_id not in taken(stack, now)


def test_a_delivery_that_waits_for_an_address_is_due_at_the_activation(stack: ServiceStack, now: datetime) -> None:
    patient_id = written(stack, now)
    delivery = delivery_of(stack, patient_id, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).settle([delivery], put_off(delivery, now), now)
    assert patient_id not in taken(stack, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).hasten(patient_id, now)

    assert patient_id in taken(stack, now)


def test_a_sent_delivery_is_never_taken_again(stack: ServiceStack, now: datetime) -> None:
    patient_id = written(stack, now)
    delivery = delivery_of(stack, patient_id, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).settle([delivery], sent(Channel.SMS), now)
        NoticeRepository(connection).hasten(patient_id, now)

    assert patient_id not in taken(stack, now + timedelta(days=30))


def test_two_channels_of_one_notice_are_independent(stack: ServiceStack, now: datetime) -> None:
    patient_id = written(stack, now)
    with stack.database("notify") as connection:
        columns = [column for column in deliveries.c if column.name != "channel"]
        of_patient = select(*columns).where(deliveries.c.patient_id == patient_id)
        row = connection.execute(of_patient).one()._asdict()
        connection.execute(insert(deliveries).values(**row, channel=Channel.SMS.value))
    delivery = delivery_of(stack, patient_id, now)
    with stack.database("notify") as connection:
        NoticeRepository(connection).settle([delivery], sent(delivery.channel), now)
        [notice] = NoticeRepository(connection).of_holder(
            permit(patient_id, hides_secret=True), count=1, before=UUID(int=2**128 - 1)
        )

    assert notice.sent == (delivery.channel,)
    assert patient_id in taken(stack, now + LEASE)


def test_notices_written_together_are_stored_in_order_and_sent_independently(
    stack: ServiceStack, now: datetime
) -> None:
    patient_id, doctor = PatientId(uuid4()), Rpps("89990000070")

    def new_draft(code: NoticeCode, channel: Channel | None, recipient: Rpps | None = None) -> Draft:
        secret = channel is None
        return Draft(patient_id=patient_id, code=code, channel=channel, recipient=recipient, secret=secret)

    drafts = [
        (new_draft(NoticeCode.AJOUT_DOCUMENT, Channel.EMAIL), now),
        (new_draft(NoticeCode.MODIF_DOCUMENT, None), now),
        (new_draft(NoticeCode.ACCES_BRIS_GLACE, Channel.SMS), now + timedelta(hours=1)),
        (new_draft(NoticeCode.ACCES_BRIS_GLACE, Channel.EMAIL, doctor), now),
    ]
    with stack.database("notify") as connection:
        notices = NoticeRepository(connection)
        notices.write(drafts, now, timedelta())
        for_holder = notices.of_holder(permit(patient_id, hides_secret=False), count=10, before=None)
        for_representative = notices.of_holder(permit(patient_id, hides_secret=True), count=10, before=None)
        taken = [delivery for delivery in notices.take(1000, now) if delivery.patient_id == patient_id]
    assert [(notice.code, notice.at) for notice in for_holder] == [(draft.code, at) for draft, at in drafts[2::-1]]
    assert [notice.code for notice in for_representative] == [NoticeCode.ACCES_BRIS_GLACE, NoticeCode.AJOUT_DOCUMENT]
    to_send = {(draft.code, draft.channel, draft.recipient) for draft, _ in drafts if draft.channel}
    assert {(delivery.code, delivery.channel, delivery.recipient) for delivery in taken} == to_send
