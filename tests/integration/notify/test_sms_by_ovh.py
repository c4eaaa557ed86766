"""Text messages through OVHcloud instead of Twilio: the same promises."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from chassis.settings import SettingsError, load
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import InvalidContact
from contracts.vocabulary import Channel
from services.notify.channels import Channels
from services.notify.domain.wording import Letter, letter_of_code
from services.notify.settings import NotifySettings
from tests.support.service_stack import ServiceStack

MOBILE = "+33612345679"
LETTER = letter_of_code("204060", 5, letter_id="1")


def channels(stack: ServiceStack, **changed: str) -> Channels:
    """Of notify with an account at OVHcloud, and none at Twilio."""
    credentials = stack.addresses.credentials
    settings = {name: value for name, value in stack.environment("notify").items() if "TWILIO" not in name}
    account = {name: value for name, value in credentials.items() if name.startswith("ovh_")}
    given = account | {"sms_provider": "ovh", "ovh_origin": f"{stack.addresses.url('mailbox')}/1.0"} | changed
    return Channels(load(NotifySettings, settings | {f"CARNET_{name.upper()}": given[name] for name in given}))


def send(stack: ServiceStack, *, to: str = MOBILE, letter: Letter = LETTER, **changed: str) -> None:
    channels(stack, **changed).send(Channel.SMS, to, letter)


@pytest.mark.parametrize("text", ["Votre code : 204060", "Un rendez-vous à l'hôpital — œuvre 🩺"])
def test_a_message_is_accepted_before_send_returns(stack: ServiceStack, text: str) -> None:
    send(stack, letter=Letter(id="1", subject="", text=text))
    assert stack.mailbox.messages(MOBILE)[0].body == text


def test_an_outage_of_the_provider_is_an_error(stack: ServiceStack) -> None:
    stack.mailbox.set_outage(sms=True)
    with pytest.raises(ServiceUnavailable):
        send(stack)


def test_a_provider_that_is_not_there_is_an_error(stack: ServiceStack) -> None:
    with pytest.raises(ServiceUnavailable):
        send(stack, ovh_origin="http://127.0.0.1:9/1.0")


def test_an_answer_of_something_else_is_an_error(stack: ServiceStack) -> None:
    with pytest.raises(ServiceUnavailable):
        send(stack, ovh_origin=stack.addresses.url("mailbox"))


def test_a_number_that_the_provider_refuses_is_invalid(stack: ServiceStack) -> None:
    with pytest.raises(InvalidContact):
        send(stack, to="12")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ovh_application_key": "other"}, "INVALID_KEY"),
        ({"ovh_application_secret": "other"}, "INVALID_SIGNATURE"),
        ({"ovh_consumer_key": "other"}, "INVALID_CREDENTIAL"),
        ({"ovh_sms_service": "sms-other-1"}, None),
        ({"sms_sender": ""}, None),
    ],
)
def test_a_refusal_is_logged_without_number_and_text(
    stack: ServiceStack, changed: dict[str, str], code: str | None
) -> None:
    with capture_logs() as logged, pytest.raises(ServiceUnavailable):
        channels(stack, **changed).send(Channel.SMS, MOBILE, LETTER)
    [line] = logged
    assert (line["event"], line["provider"], line["code"]) == ("sms_refused", "ovh", code)
    assert set(line) == {"event", "log_level", "provider", "status", "code"}


@pytest.mark.parametrize(
    ("provider", "missing"),
    [
        ("ovh", ("application_key", "application_secret", "consumer_key", "sms_service")),
        ("twilio", ("account_sid", "auth_token")),
    ],
)
def test_what_the_chosen_provider_needs_and_is_missing_is_named(
    stack: ServiceStack, provider: str, missing: tuple[str, ...]
) -> None:
    names = [f"{provider}_{name}" for name in missing]
    changed: dict[str, Any] = {"sms_provider": provider, **dict.fromkeys(names, "")}
    with pytest.raises(SettingsError) as refused:
        channels(stack, **changed)
    assert all(f"CARNET_{name.upper()}" in str(refused.value) for name in names)


def test_an_unknown_provider_is_refused(stack: ServiceStack) -> None:
    with pytest.raises(SettingsError):
        channels(stack, sms_provider="pigeon")
