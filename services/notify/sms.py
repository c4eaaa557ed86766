"""Text messages through the provider that CARNET_SMS_PROVIDER names: Twilio, or OVHcloud."""

import json
from hashlib import sha1
from time import time
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import msgspec
import requests
import structlog
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from chassis.settings import PREFIX, SettingsError
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import InvalidContact
from services.notify.settings import NotifySettings, SmsProviderName

SECONDS = 4
"""Timeout of a provider; shorter than the deadline of `send_code`."""

# Twilio's error codes: not a number, not allowed, opted out, not reachable, landline.
_NO_SUCH_ADDRESS = frozenset({21211, 21408, 21610, 21612, 21614})

# GSM 03.38: what a text message holds in seven bits a character.
_SEVEN_BITS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


class SmsProvider(Protocol):
    """Hands text messages to a provider."""

    def send(self, address: str, text: str) -> None:
        """Send to a number in E.164; on return the provider has accepted the message.

        Raises:
            InvalidContact: the provider refuses this number for good.
            ServiceUnavailable: the provider does not answer, or refuses the sender.
        """


def sms_provider(settings: NotifySettings) -> SmsProvider:
    """The provider of the settings.

    Raises:
        SettingsError: it needs settings that are empty; the message names them.
    """
    needed = {
        "twilio": ("twilio_account_sid", "twilio_auth_token"),
        "ovh": ("ovh_application_key", "ovh_application_secret", "ovh_consumer_key", "ovh_sms_service"),
    }[settings.sms_provider]
    missing = [PREFIX + name.upper() for name in needed if not getattr(settings, name)]
    if missing:
        raise SettingsError(
            f"CARNET_SMS_PROVIDER={settings.sms_provider}: set {', '.join(missing)} in the environment"
        )
    return Twilio(settings) if settings.sms_provider == "twilio" else Ovh(settings)


class _RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # twilio carries no types
    """Twilio's own HTTP client, with a time limit, at a configured origin."""

    def __init__(self, origin: str) -> None:
        super().__init__(timeout=SECONDS)
        self._origin = urlsplit(origin)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """As the base class, with scheme and host of the configured origin."""
        redirected = urlsplit(url)._replace(scheme=self._origin.scheme, netloc=self._origin.netloc).geturl()
        return super().request(method, redirected, *args, **options)


class Twilio:
    """Twilio's Messages API, by its own client."""

    def __init__(self, settings: NotifySettings) -> None:
        self._sender = settings.sms_sender
        http_client = _RedirectedHttpClient(settings.twilio_origin)
        client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=http_client)
        # The client imports this part on first access, which takes a quarter of a second.
        self._messages = client.messages

    def send(self, address: str, text: str) -> None:
        """As SmsProvider."""
        try:
            self._messages.create(to=address, from_=self._sender, body=text)
        except TwilioRestException as refused:
            if refused.code in _NO_SUCH_ADDRESS:
                raise InvalidContact(field="mobile") from None
            _log_refusal("twilio", refused.status, refused.code)
            raise ServiceUnavailable from None
        except (TwilioException, OSError):
            # Twilio's client uses requests, whose errors are OSErrors.
            raise ServiceUnavailable from None


class _OvhAnswer(msgspec.Struct, frozen=True):
    """What OVHcloud says of a job, or why it refuses it."""

    valid_receivers: tuple[str, ...] | None = msgspec.field(name="validReceivers", default=None)
    error_code: str | None = msgspec.field(name="errorCode", default=None)


class Ovh:
    """OVHcloud's SMS API: https://eu.api.ovh.com/console/?section=%2Fsms, POST /sms/{serviceName}/jobs."""

    def __init__(self, settings: NotifySettings) -> None:
        self._sender = settings.sms_sender
        self._application = settings.ovh_application_key
        self._secret = settings.ovh_application_secret
        self._consumer = settings.ovh_consumer_key
        self._url = f"{settings.ovh_origin}/sms/{quote(settings.ovh_sms_service, safe='')}/jobs"

    def send(self, address: str, text: str) -> None:
        """As SmsProvider."""
        job = {
            "charset": "UTF-8",
            "coding": "7bit" if _SEVEN_BITS.issuperset(text) else "8bit",
            "message": text,
            "noStopClause": True,
            "priority": "high",
            "receivers": [address],
            "sender": self._sender,
        }
        body = json.dumps(job, separators=(",", ":"))
        try:
            answer = requests.post(
                self._url, data=body, headers=self._headers(body), timeout=SECONDS, allow_redirects=False
            )
            found = msgspec.json.decode(answer.content, type=_OvhAnswer)
        except (OSError, msgspec.MsgspecError):
            raise ServiceUnavailable from None
        if answer.status_code != requests.codes.ok or found.valid_receivers is None:
            _log_refusal("ovh", answer.status_code, found.error_code)
            raise ServiceUnavailable
        if not found.valid_receivers:
            raise InvalidContact(field="mobile")

    def _headers(self, body: str) -> dict[str, str]:
        now = str(int(time()))
        parts = (self._secret, self._consumer, "POST", self._url, body, now)
        return {
            "Content-Type": "application/json",
            "X-Ovh-Application": self._application,
            "X-Ovh-Consumer": self._consumer,
            "X-Ovh-Timestamp": now,
            "X-Ovh-Signature": ovh_signature(*parts),
        }


def ovh_signature(secret: str, consumer: str, method: str, url: str, body: str, timestamp: str) -> str:
    """The signature of a request, as OVHcloud defines it; the hash is its choice, and not used for anything else."""
    signed = "+".join((secret, consumer, method, url, body, timestamp))
    return f"$1${sha1(signed.encode()).hexdigest()}"  # noqa: S324


def _log_refusal(provider: SmsProviderName, status: int, code: object) -> None:
    """Neither the provider's words nor the number: the words may quote it."""
    structlog.get_logger().warning("sms_refused", provider=provider, status=status, code=code)
