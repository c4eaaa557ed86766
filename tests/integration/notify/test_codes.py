"""A one-time code is sent before the answer, or an error says that it was not."""

import pytest

from contracts.envelope import Actor
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import InvalidContact, RoleForbidden
from contracts.notify import Notify, SendCode
from contracts.vocabulary import Channel, Role
from tests.support.service_stack import ServiceStack

IDENTITY = Actor(role=Role.SERVICE, subject="identity")
ADDRESSES = [(Channel.SMS, "+33612345678"), (Channel.EMAIL, "rosa@people.example")]


def send(stack: ServiceStack, channel: Channel, address: str, code: str, actor: Actor = IDENTITY) -> None:
    stack.call(Notify.send_code, SendCode(channel=channel, address=address, code=code, minutes=5), actor)


@pytest.mark.parametrize(("channel", "address"), ADDRESSES)
def test_the_code_arrives_before_the_answer(stack: ServiceStack, channel: Channel, address: str) -> None:
    send(stack, channel, address, "204060")

    newest = stack.mailbox.messages(address)[0]
    assert newest.body.startswith("Votre code Carnet : 204060.")
    assert "Your Carnet code: 204060." in newest.body


def test_an_internationalised_domain_is_sent_as_a_labels(stack: ServiceStack) -> None:
    """RFC 5890; the directory has addresses as their holders write them."""
    send(stack, Channel.EMAIL, "rosa@hôpital-santé.fr", "204061")

    assert "204061" in stack.mailbox.messages("rosa@xn--hpital-sant-lbb6k.fr")[0].body


@pytest.mark.parametrize(("channel", "address"), ADDRESSES)
def test_an_unavailable_provider_is_an_error(stack: ServiceStack, channel: Channel, address: str) -> None:
    stack.mailbox.set_outage(sms=True, mail=True)

    with pytest.raises(ServiceUnavailable):
        send(stack, channel, address, "204060")


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.SMS, "12"),
        *((Channel.EMAIL, address) for address in ("rosa", "@", "rosé@b.example", "a@b.example\r\nBcc: c@d.e")),
    ],
)
def test_an_unreachable_address_is_an_error(stack: ServiceStack, channel: Channel, address: str) -> None:
    with pytest.raises(InvalidContact):
        send(stack, channel, address, "204060")


def test_a_code_is_sent_for_services_only(stack: ServiceStack) -> None:
    with pytest.raises(RoleForbidden):
        send(stack, *ADDRESSES[0], "204060", Actor(role=Role.PATIENT, subject="somebody"))
