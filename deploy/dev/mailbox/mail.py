"""SMTP server of the mailbox: it accepts any e-mail, unless an outage is simulated."""

import email
import email.policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.dev.mailbox.messages import Messages

_UNAVAILABLE = "421 4.3.2 Service not available, try again later"


class MailSink:
    """Hooks of aiosmtpd; each recipient of an e-mail gets a message."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        if self._messages.is_down("mail"):
            return _UNAVAILABLE
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Answer the end of DATA."""
        if self._messages.is_down("mail"):
            return _UNAVAILABLE
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        for recipient in envelope.rcpt_tos:
            self._messages.receive(
                "mail",
                sender=envelope.mail_from or "",
                to=recipient,
                subject=str(parsed.get("Subject", "")),
                body=_text_of(parsed),
            )
        return "250 OK"


def protocol(messages: Messages) -> SMTP:
    """A protocol instance for one SMTP connection."""
    return SMTP(MailSink(messages), enable_SMTPUTF8=True, hostname="localhost", ident="Carnet mailbox")


def _text_of(parsed: EmailMessage) -> str:
    part = parsed.get_body(preferencelist=("plain", "html"))
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n") if part is not None else ""
