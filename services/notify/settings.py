"""What the notify service is told at its start."""

from chassis.settings import ServiceSettings


class NotifySettings(ServiceSettings, frozen=True, kw_only=True):
    """Beside what every service needs: the providers that carry e-mails and text messages."""

    smtp_host: str
    smtp_port: int
    mail_sender: str
    """`Name <address>`, as recipients see it."""
    twilio_account_sid: str
    twilio_auth_token: str
    sms_sender: str
    """E.164, or a name where the country permits one."""
    twilio_origin: str = "https://api.twilio.com"
    """Scheme, host and port of the endpoint that speaks Twilio's Messages API."""
