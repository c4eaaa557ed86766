"""Random passwords of the stack, created on first use and kept in one private file."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from chassis.broker_permissions import USERS
from contracts.wiring import SERVICES
from deploy.dev.paths import write_private

# Hexadecimal, because they are written into URLs and configuration files without escaping.
_MAKERS: dict[str, Callable[[], str]] = {
    "namespace": lambda: secrets.token_hex(4),
    "amqp": lambda: secrets.token_hex(24),
    "erlang_cookie": lambda: secrets.token_hex(24),
    "postgres": lambda: secrets.token_hex(24),
    "s3_access_key": lambda: secrets.token_hex(10),
    "s3_secret_key": lambda: secrets.token_hex(24),
    "twilio_account_sid": lambda: f"AC{secrets.token_hex(16)}",
    "twilio_auth_token": lambda: secrets.token_hex(16),
    "ovh_application_key": lambda: secrets.token_hex(8),
    "ovh_application_secret": lambda: secrets.token_hex(16),
    "ovh_consumer_key": lambda: secrets.token_hex(16),
    "ovh_sms_service": lambda: f"sms-{secrets.token_hex(4)}-1",
    **{f"amqp.{user}": lambda: secrets.token_hex(24) for user in USERS},
    **{f"database.{service}": lambda: secrets.token_hex(24) for service in SERVICES},
}


def load_or_create(path: Path) -> dict[str, str]:
    """Name -> secret; missing ones are created and added to the file.

    `namespace` is a prefix that separates this stack from others on shared servers.
    """
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: make() for name, make in _MAKERS.items() if name not in known}
    if missing:
        known |= missing
        write_private(path, json.dumps(known, indent=2).encode())
    return known
