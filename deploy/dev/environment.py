"""Environment variables of each process of the stack; nothing else is passed on."""

import os
from collections.abc import Mapping

from contracts.identity.workplaces import CALLBACK_PATH
from contracts.wiring import CALLS, GATEWAY, SERVICES
from deploy.dev.addresses import Addresses
from deploy.dev.paths import CHECKOUT
from deploy.dev.people import PORTAL_SOFTWARE, SAMU
from deploy.dev.ports import HOST
from deploy.dev.pro_sante_connect.provider import CLIENT

MAIL_SENDER = "Carnet <ne-pas-repondre@carnet.example>"
SMS_SENDER = "+33600000000"
JOURNAL_ORIGIN = "carnet.example/journal"

INHERITED: dict[str, tuple[str, ...]] = {
    "CARNET_RETRY_SECONDS": SERVICES,
    "CARNET_TIMER_SECONDS": SERVICES,
    "CARNET_DIGEST_SECONDS": ("notify",),
    "CARNET_LOGINS_PER_ADDRESS": ("identity",),
    "CARNET_STRANGERS_A_MINUTE": (GATEWAY,),
    "CARNET_TRUSTED_INGRESS": (GATEWAY,),
    "CARNET_PRO_SANTE_CONNECT": ("identity",),
    "CARNET_PRO_SANTE_CONNECT_CLIENT": ("identity",),
    "CARNET_PRO_SANTE_CONNECT_SECRET_FILE": ("identity",),
    "OTEL_EXPORTER_OTLP_ENDPOINT": (*SERVICES, GATEWAY),
}
"""Variables inherited from whoever starts the stack, and by which processes: delays, login limits, Pro Santé Connect,
tracing.
"""

COMMON: dict[str, str] = {
    "CARNET_SERVICE": "{name}",
    "CARNET_AMQP_URL": "{amqp_url}",
    "CARNET_AMQP_CA_FILE": "{amqp_ca_file}",
    "CARNET_AMQP_PLAIN": "{amqp_plain}",
    "CARNET_TRUSTED_KEYS": "{trusted_keys}",
    "CARNET_HTTP_ADDRESS": "{http_address}",
    "CARNET_PUBLIC_URL": "{gateway_url}",
}

EVERY_SERVICE: dict[str, str] = {
    "CARNET_SIGNING_KEY": "{signing_key}",
    "CARNET_DATABASE_URL": "{database_url}",
}

PROCESS: dict[str, dict[str, str]] = {
    "audit": {
        "CARNET_HEAD_KEY": "{head_key}",
        "CARNET_SUBJECT_KEY_FILE": "{subject_key}",
        "CARNET_JOURNAL_ORIGIN": JOURNAL_ORIGIN,
        "CARNET_HEAD_SECONDS": "2",
    },
    "consent": {
        "CARNET_REGULATION_CENTRES": SAMU.finess,
    },
    "documents": {
        "CARNET_S3_ENDPOINT": "{s3_endpoint}",
        "CARNET_S3_ACCESS_KEY": "{s3_access_key}",
        "CARNET_S3_SECRET_KEY": "{s3_secret_key}",
        "CARNET_S3_REGION": "{s3_region}",
        "CARNET_S3_BUCKET": "{s3_bucket}",
        "CARNET_S3_SECURE": "{s3_secure}",
        "CARNET_MASTER_KEY_FILE": "{master_key}",
    },
    "identity": {
        "CARNET_CARD_AUTHORITIES": "{card_authorities}",
        "CARNET_TEST_IDENTITIES": "1",
        "CARNET_ACTIVATION_FACTOR": "none",
        "CARNET_CODE_PEPPER_FILE": "{code_pepper}",
        "CARNET_OPENID_KEYS": "{openid_keys}",
        "CARNET_PORTAL_SOFTWARE": PORTAL_SOFTWARE.number,
    },
    "notify": {
        "CARNET_SMTP_HOST": HOST,
        "CARNET_SMTP_PORT": "{smtp_port}",
        "CARNET_MAIL_SENDER": MAIL_SENDER,
        "CARNET_TWILIO_ACCOUNT_SID": "{twilio_account_sid}",
        "CARNET_TWILIO_AUTH_TOKEN": "{twilio_auth_token}",
        "CARNET_TWILIO_ORIGIN": "{mailbox_url}",
        "CARNET_SMS_SENDER": SMS_SENDER,
    },
    "gateway": {
        "CARNET_DOCUMENTS_URL": "{documents_url}",
        "CARNET_METRICS_ADDRESS": "{metrics_address}",
    },
    "pro-sante-connect": {
        "CARNET_PRO_SANTE_CONNECT": "{pro_sante_connect}",
        "CARNET_PRO_SANTE_CONNECT_SECRET_FILE": "{pro_sante_connect_secret}",
        "CARNET_PRO_SANTE_CONNECT_CALLBACK": f"{{gateway_url}}{CALLBACK_PATH}",
        "CARNET_PRO_SANTE_CONNECT_PORT": "{pro_sante_connect_port}",
    },
    "mailbox": {
        "CARNET_MAILBOX_PORT": "{mailbox_port}",
        "CARNET_SMTP_PORT": "{smtp_port}",
        "CARNET_TWILIO_ACCOUNT_SID": "{twilio_account_sid}",
        "CARNET_TWILIO_AUTH_TOKEN": "{twilio_auth_token}",
        "CARNET_OVH_APPLICATION_KEY": "{ovh_application_key}",
        "CARNET_OVH_APPLICATION_SECRET": "{ovh_application_secret}",
        "CARNET_OVH_CONSUMER_KEY": "{ovh_consumer_key}",
        "CARNET_OVH_SMS_SERVICE": "{ovh_sms_service}",
    },
}


STAND_IN: dict[str, str] = {
    "CARNET_PRO_SANTE_CONNECT": "{pro_sante_connect}",
    "CARNET_PRO_SANTE_CONNECT_CLIENT": CLIENT,
    "CARNET_PRO_SANTE_CONNECT_SECRET_FILE": "{pro_sante_connect_secret}",
}
"""Of identity, where no other provider is given."""


def environment_of_service(name: str, addresses: Addresses) -> dict[str, str]:
    values = _values(name, addresses) | {"database_url": addresses.database_url(name)}
    provider = STAND_IN if name == "identity" and not addresses.external.pro_sante_connect else {}
    return _filled(COMMON | EVERY_SERVICE | PROCESS.get(name, {}) | provider, values)


def environment_of_gateway(addresses: Addresses) -> dict[str, str]:
    """Environment of the gateway, which has no database and no signing key."""
    return _filled(COMMON | PROCESS["gateway"], _values("gateway", addresses))


def environment_of_mailbox(addresses: Addresses) -> dict[str, str]:
    """Environment of the mailbox, which is not part of the platform and has no key."""
    return _filled(PROCESS["mailbox"], _values("mailbox", addresses))


def environment_of_provider(addresses: Addresses) -> dict[str, str]:
    """Environment of the stand-in for Pro Santé Connect, which is not part of the platform either."""
    return _filled(PROCESS["pro-sante-connect"], _values("pro-sante-connect", addresses))


def _filled(table: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return _base(values["name"]) | {setting: template.format_map(values) for setting, template in table.items()}


def _base(process: str) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "PYTHONPATH": str(CHECKOUT),
        **{name: os.environ[name] for name, heirs in INHERITED.items() if process in heirs and name in os.environ},
    }


def _values(name: str, addresses: Addresses) -> dict[str, str]:
    store, keys, credentials = addresses.object_store, addresses.keys, addresses.credentials
    return {
        "name": name,
        "amqp_url": addresses.amqp_url_of(name) if name in CALLS else "",
        "amqp_ca_file": addresses.amqp_ca_file,
        # Whoever names another broker answers for the way there.
        "amqp_plain": "1" if addresses.external.amqp_url else "0",
        "trusted_keys": str(keys.trusted),
        "signing_key": str(keys.signing(name)),
        "http_address": addresses.address(name),
        "gateway_url": addresses.url("gateway"),
        "documents_url": addresses.url("documents"),
        "metrics_address": addresses.address("gateway-metrics"),
        "mailbox_url": addresses.url("mailbox"),
        "mailbox_port": str(addresses.ports["mailbox"]),
        "pro_sante_connect": addresses.url("pro-sante-connect"),
        "pro_sante_connect_port": str(addresses.ports["pro-sante-connect"]),
        "pro_sante_connect_secret": str(keys.pro_sante_connect),
        "smtp_port": str(addresses.ports["smtp"]),
        "s3_endpoint": store.endpoint,
        "s3_access_key": store.access_key,
        "s3_secret_key": store.secret_key,
        "s3_region": store.region,
        "s3_bucket": store.bucket,
        "s3_secure": "1" if store.secure else "0",
        "master_key": str(keys.master),
        "head_key": str(keys.journal_heads),
        "subject_key": str(keys.journal_subjects),
        "code_pepper": str(keys.code_pepper),
        "openid_keys": str(keys.openid),
        "card_authorities": str(addresses.layout.card_authorities),
        **{name: credentials[name] for name in credentials if name.startswith(("twilio_", "ovh_"))},
    }
