"""How a sending that was answered ends."""

import pytest

from contracts.vocabulary import Channel
from services.notify.domain.sending import DeliveryState, SendOutcome, refused, sent


@pytest.mark.parametrize("channel", Channel)
def test_what_a_provider_took_is_sent_by_its_channel_and_not_due_again(channel: Channel) -> None:
    assert sent(channel) == SendOutcome(state=DeliveryState.SENT, sent_by=channel)


def test_an_address_nobody_answers_at_is_not_tried_again() -> None:
    assert refused() == SendOutcome(state=DeliveryState.REFUSED)
