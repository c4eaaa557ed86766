"""Opaque codes and tokens: 256 random bits, stored only as a hash."""

import secrets
from hashlib import sha256


def new_opaque() -> str:
    """43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def token_hash(opaque: str) -> bytes:
    """The hash to store; 256 random bits need no salt."""
    return sha256(opaque.encode()).digest()
