"""Settings of the notify service."""

from chassis.settings import ServiceSettings


class NotifySettings(ServiceSettings, frozen=True, kw_only=True):
    """Read from CARNET_* variables; in addition to those of every service, the providers of e-mail and SMS."""

    smtp_host: str
    smtp_port: int
    mail_sender: str
    """`Name <address>`, as recipients see it."""
    twilio_account_sid: str
    twilio_auth_token: str
    sms_sender: str
    """E.164, or a name where the country permits one."""
    digest_seconds: int = 900
    """After a message, further notices of the same kind to the same person wait this long and go out as one."""
    twilio_origin: str = "https://api.twilio.com"
    """Scheme, host and port of the endpoint that speaks Twilio's Messages API."""
