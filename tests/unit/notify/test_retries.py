"""When a failed delivery is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from chassis.timers import UNIT_SECONDS
from contracts.notify import NoticeCode
from contracts.vocabulary import Channel, PatientId, Rpps
from services.notify.domain.sending import (
    LEASE,
    PATIENCE,
    Delivery,
    DeliveryState,
    gathered,
    put_off,
    put_off_without_contact,
    with_another,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def delivery(attempts: int) -> Delivery:
    return Delivery(
        patient_id=PatientId(UUID(int=1)),
        notice_id=UUID(int=2),
        channel=Channel.EMAIL,
        code=NoticeCode.AJOUT_DOCUMENT,
        recipient=None,
        attempts=attempts,
        due_at=START,
        give_up_at=START + PATIENCE,
    )


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (1000, 600)])
def test_pauses_double_up_to_ten_minutes(attempts: int, seconds: int) -> None:
    result = put_off(delivery(attempts), START)

    assert result.state is DeliveryState.PENDING
    assert result.due_at == START + timedelta(seconds=seconds)


def test_a_last_attempt_is_made_when_patience_ends() -> None:
    late = START + PATIENCE - timedelta(seconds=1)

    assert put_off(delivery(9), late).due_at == START + PATIENCE


def test_after_seven_days_it_is_given_up() -> None:
    assert put_off(delivery(9), START + PATIENCE).state is DeliveryState.GIVEN_UP
    assert put_off_without_contact(delivery(9), START + PATIENCE).due_at is None


def test_without_an_account_a_delivery_waits_and_is_not_tried_again() -> None:
    waits = put_off_without_contact(delivery(1), START)
    assert (waits.state, waits.due_at) == (DeliveryState.WAITING, None)


def test_a_professional_without_an_address_is_tried_again_after_six_hours() -> None:
    to_professional = msgspec.structs.replace(delivery(1), recipient=Rpps("80000000019"))
    assert put_off_without_contact(to_professional, START).due_at == START + timedelta(hours=6)


def test_deliveries_of_one_kind_to_one_person_are_one_message() -> None:
    first, second, professional = delivery(1), delivery(1), msgspec.structs.replace(delivery(1), recipient=Rpps("1"))
    other = msgspec.structs.replace(delivery(1), code=NoticeCode.SUPP_DOC)

    assert gathered([first, other, second, professional]) == [[first, second], [other], [professional]]
    assert with_another(DeliveryState.SENT) is DeliveryState.GATHERED
    assert with_another(DeliveryState.PENDING) is DeliveryState.PENDING


def test_a_lease_is_longer_than_the_unit_of_work_that_holds_it() -> None:
    assert timedelta(seconds=UNIT_SECONDS) < LEASE
