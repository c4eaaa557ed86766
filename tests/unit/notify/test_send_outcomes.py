"""Outcomes of an attempt that the provider answered."""

import pytest

from contracts.vocabulary import Channel
from services.notify.domain.sending import DeliveryState, SendOutcome, refused, sent


@pytest.mark.parametrize("channel", Channel)
def test_an_accepted_delivery_is_sent_and_not_due_again(channel: Channel) -> None:
    assert sent(channel) == SendOutcome(state=DeliveryState.SENT, sent_by=channel)


def test_a_refused_address_is_not_tried_again() -> None:
    assert refused() == SendOutcome(state=DeliveryState.REFUSED)
