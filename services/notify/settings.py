"""Settings of the notify service."""

from typing import Literal

from chassis.settings import SecretText, ServiceSettings

SmsProviderName = Literal["twilio", "ovh"]


class NotifySettings(ServiceSettings, frozen=True, kw_only=True):
    """Read from CARNET_* variables; in addition to those of every service, the providers of e-mail and SMS."""

    smtp_host: str
    smtp_port: int
    mail_sender: str
    """`Name <address>`, as recipients see it."""
    sms_sender: str
    """E.164, or a name where the country permits one; at OVHcloud a sender that the account declares."""
    sms_provider: SmsProviderName = "twilio"
    """`twilio` or `ovh` (OVHcloud); its own settings are then required."""
    twilio_account_sid: SecretText = ""
    twilio_auth_token: SecretText = ""
    ovh_application_key: SecretText = ""
    ovh_application_secret: SecretText = ""
    ovh_consumer_key: SecretText = ""
    """Of the application, with the right `POST /sms/*/jobs` alone."""
    ovh_sms_service: str = ""
    """The SMS account, `sms-ab12345-1`."""
    digest_seconds: int = 900
    """After a message, further notices of the same kind to the same person wait this long and go out as one."""
    twilio_origin: str = "https://api.twilio.com"
    """Scheme, host and port of the endpoint that speaks Twilio's Messages API."""
    ovh_origin: str = "https://eu.api.ovh.com/1.0"
    """Base URL of the endpoint that speaks OVHcloud's SMS API."""
