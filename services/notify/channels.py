"""The side door to the providers: e-mail through SMTP, text messages through Twilio, each with a time limit."""

import contextlib
import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from contracts.errors import InvalidContact, ServiceUnavailable
from contracts.vocabulary import Channel
from services.notify.domain.wording import Letter
from services.notify.settings import NotifySettings

SECONDS = 4
"""How long a provider may be silent; less than a caller of `send_code` waits."""

# Twilio's codes for an address that takes no message: not a number, not allowed, opted out, not reachable, landline.
_NO_SUCH_ADDRESS = frozenset({21211, 21408, 21610, 21612, 21614})
_PERMANENT = 500


class Channels:
    """Every way of reaching a person."""

    def __init__(self, settings: NotifySettings) -> None:
        self._mail = _Mail(settings)
        self._sms = _Sms(settings)

    def send(self, channel: Channel, address: str, letter: Letter) -> None:
        """Hand a letter to the provider of that channel; on return it is theirs.

        Raises:
            InvalidContact: the provider will never reach anybody there.
            ServiceUnavailable: the provider is away, or refuses us.
        """
        if channel is Channel.EMAIL:
            self._mail.send(address, letter)
        else:
            self._sms.send(address, letter)


class _Mail:
    def __init__(self, settings: NotifySettings) -> None:
        self._host, self._port = settings.smtp_host, settings.smtp_port
        self._sender = settings.mail_sender
        self._domain = parseaddr(settings.mail_sender)[1].rpartition("@")[2]

    def send(self, address: str, letter: Letter) -> None:
        try:
            message = self._message(address, letter)
        except ValueError:
            raise InvalidContact(field="email") from None
        try:
            self._carry(message)
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
        message["To"] = Address(addr_spec=address)
        message["Subject"] = letter.subject
        message["Date"] = formatdate()
        # A letter sent again after a crash bears the same id, so that mail programs may show it once.
        message["Message-ID"] = f"<{letter.id}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _carry(self, message: EmailMessage) -> None:
        # Without local_hostname smtplib asks the DNS for this machine's name, and tells it to the provider.
        server = smtplib.SMTP(self._host, self._port, local_hostname=self._domain, timeout=SECONDS)
        try:
            if server.has_extn("starttls"):
                server.starttls()
            server.send_message(message)
            # The letter is the provider's by now, however the farewell goes.
            with contextlib.suppress(OSError):
                server.quit()
        finally:
            server.close()


class _RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # twilio carries no types
    """Twilio's own HTTP client, with a time limit, at a configured origin."""

    def __init__(self, origin: str) -> None:
        super().__init__(timeout=SECONDS)
        self._origin = urlsplit(origin)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        """As the base class, elsewhere."""
        there = urlsplit(url)._replace(scheme=self._origin.scheme, netloc=self._origin.netloc).geturl()
        return super().request(method, there, *args, **options)


class _Sms:
    def __init__(self, settings: NotifySettings) -> None:
        self._sender = settings.sms_sender
        http_client = _RedirectedHttpClient(settings.twilio_origin)
        client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=http_client)
        # Asked for here because the client loads this part only then, which takes a quarter of a second.
        self._messages = client.messages

    def send(self, address: str, letter: Letter) -> None:
        try:
            self._messages.create(to=address, from_=self._sender, body=letter.text)
        except TwilioRestException as refused:
            if refused.code in _NO_SUCH_ADDRESS:
                raise InvalidContact(field="mobile") from None
            raise ServiceUnavailable from None
        except (TwilioException, OSError):
            # The errors of requests, which carries Twilio's calls, are OSErrors.
            raise ServiceUnavailable from None
