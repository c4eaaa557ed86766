"""E-mail through SMTP and text messages through a provider, each with a time limit."""

import contextlib
import smtplib
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from email_validator import validate_email

from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import InvalidContact
from contracts.vocabulary import Channel
from services.notify.domain.wording import Letter
from services.notify.settings import NotifySettings
from services.notify.sms import SECONDS, sms_provider

_PERMANENT = 500


class Channels:
    """Sends to a person by e-mail or text message."""

    def __init__(self, settings: NotifySettings) -> None:
        self._mail = _Mail(settings)
        self._sms = sms_provider(settings)

    def send(self, channel: Channel, address: str, letter: Letter) -> None:
        """Hand a letter to the provider of that channel; on return the provider has accepted it.

        Raises:
            InvalidContact: the provider refuses this address for good.
            ServiceUnavailable: the provider does not answer, or refuses the sender.
        """
        if channel is Channel.EMAIL:
            self._mail.send(address, letter)
        else:
            self._sms.send(address, letter.text)


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
