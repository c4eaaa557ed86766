"""The stack's own passwords: made at random on first use, kept in one file for its owner only."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from contracts.wiring import SERVICES
from deploy.dev.paths import write_private

# Hexadecimal only: these are written into URLs and configuration files as they are.
_MAKERS: dict[str, Callable[[], str]] = {
    "namespace": lambda: secrets.token_hex(4),
    "amqp": lambda: secrets.token_hex(24),
    "erlang_cookie": lambda: secrets.token_hex(24),
    "postgres": lambda: secrets.token_hex(24),
    "s3_access_key": lambda: secrets.token_hex(10),
    "s3_secret_key": lambda: secrets.token_hex(24),
    "twilio_account_sid": lambda: f"AC{secrets.token_hex(16)}",
    "twilio_auth_token": lambda: secrets.token_hex(16),
    **{f"database.{service}": lambda: secrets.token_hex(24) for service in SERVICES},
}


def load_or_create(path: Path) -> dict[str, str]:
    """Name -> secret, with those missing from the file made and added to it.

    `namespace` sets this stack apart on servers it shares with others.
    """
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: make() for name, make in _MAKERS.items() if name not in known}
    if missing:
        known |= missing
        write_private(path, json.dumps(known, indent=2).encode())
    return known
