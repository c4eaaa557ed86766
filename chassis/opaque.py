"""Codes and tokens that say nothing: 256 random bits each, kept only as their hash."""

import secrets
from hashlib import sha256


def new_opaque() -> str:
    """43 characters that fit an address."""
    return secrets.token_urlsafe(32)


def token_hash(opaque: str) -> bytes:
    """What is kept of one; with so many random bits no salt is needed to keep it from being guessed."""
    return sha256(opaque.encode()).digest()
