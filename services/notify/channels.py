"""E-mail through SMTP and text messages through Twilio, each with a time limit."""

import contextlib
import smtplib
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any
from urllib.parse import urlsplit

from email_validator import validate_email
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import InvalidContact
from contracts.vocabulary import Channel
from services.notify.domain.wording import Letter
from services.notify.settings import NotifySettings

SECONDS = 4
"""Timeout of a provider; shorter than the deadline of `send_code`."""

# Twilio's error codes: not a number, not allowed, opted out, not reachable, landline.
_NO_SUCH_ADDRESS = frozenset({21211, 21408, 21610, 21612, 21614})
_PERMANENT = 500


class Channels:
    """Sends to a person by e-mail or text message."""

    def __init__(self, settings: NotifySettings) -> None:
        self._mail = _Mail(settings)
        self._sms = _Sms(settings)

    def send(self, channel: Channel, address: str, letter: Letter) -> None:
        """Hand a letter to the provider of that channel; on return the provider has accepted it.

        Raises:
            InvalidContact: the provider refuses this address for good.
            ServiceUnavailable: the provider does not answer, or refuses the sender.
        """
        if channel is Channel.EMAIL:
            self._mail.send(address, letter)
        else:
            self._sms.send(address, letter)


class _Mail:
    def __init__(self, settings: NotifySettings) -> None:
        self._host, self._port = settings.smtp_host, settings.smtp_port
        address = parseaddr(settings.mail_sender)[1]
        self._sender = settings.mail_sender.replace(address, _in_ascii(address))
        self._domain = _in_ascii(address).rpartition("@")[2]

    def send(self, address: str, letter: Letter) -> None:
        try:
            message = self._message(address, letter)
        except (ValueError, IndexError, MessageError):
            # The parser of the standard library raises all three for addresses that are none.
            raise InvalidContact(field="email") from None
        try:
            self._deliver(message)
        except smtplib.SMTPRecipientsRefused as refused:
            if all(code >= _PERMANENT for code, _ in refused.recipients.values()):
                raise InvalidContact(field="email") from None
            raise ServiceUnavailable from None
        except OSError:
            # smtplib's own errors are OSErrors too.
            raise ServiceUnavailable from None

    def _message(self, address: str, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = Address(addr_spec=_in_ascii(address))
        message["Subject"] = letter.subject
        message["Date"] = formatdate()
        # Sent again after a crash it has the same id, so that mail programs can drop the duplicate.
        message["Message-ID"] = f"<{letter.id}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _deliver(self, message: EmailMessage) -> None:
        # Without local_hostname smtplib looks up this machine's name in the DNS, and sends it to the provider.
        server = smtplib.SMTP(self._host, self._port, local_hostname=self._domain, timeout=SECONDS)
        try:
            if server.has_extn("starttls"):
                server.starttls()
            server.send_message(message)
            # The provider has accepted the message, even if QUIT fails.
            with contextlib.suppress(OSError):
                server.quit()
        finally:
            server.close()


def _in_ascii(address: str) -> str:
    """The address with its domain as A-labels: the directory may have others. Raises ValueError where none exists."""
    if address.isascii():
        return address
    found = validate_email(address, check_deliverability=False).ascii_email
    if found is None:
        raise ValueError("needs SMTPUTF8")
    return found


class _RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # twilio carries no types
    """Twilio's own HTTP client, with a time limit, at a configured origin."""

    def __init__(self, origin: str) -> None:
        super().__init__(timeout=SECONDS)
        self._origin = urlsplit(origin)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """As the base class, with scheme and host of the configured origin."""
        redirected = urlsplit(url)._replace(scheme=self._origin.scheme, netloc=self._origin.netloc).geturl()
        return super().request(method, redirected, *args, **options)


class _Sms:
    def __init__(self, settings: NotifySettings) -> None:
        self._sender = settings.sms_sender
        http_client = _RedirectedHttpClient(settings.twilio_origin)
        client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=http_client)
        # The client imports this part on first access, which takes a quarter of a second.
        self._messages = client.messages

    def send(self, address: str, letter: Letter) -> None:
        try:
            self._messages.create(to=address, from_=self._sender, body=letter.text)
        except TwilioRestException as refused:
            if refused.code in _NO_SUCH_ADDRESS:
                raise InvalidContact(field="mobile") from None
            raise ServiceUnavailable from None
        except (TwilioException, OSError):
            # Twilio's client uses requests, whose errors are OSErrors.
            raise ServiceUnavailable from None
