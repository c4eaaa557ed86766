"""Passkeys: keys of a device that open an account by themselves (WebAuthn)."""

from datetime import datetime
from typing import Any

import msgspec


class BeginPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """Add a passkey to the caller's account."""


class PasskeyOffered(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser's WebAuthn call takes, as its JSON form; the answer is to name the attempt."""

    attempt: str
    options: dict[str, Any]


class ConfirmPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """The key the device has made, as the browser's JSON form, and what its owner calls it."""

    attempt: str
    credential: dict[str, Any]
    label: str


class ListPasskeys(msgspec.Struct, frozen=True, kw_only=True):
    """Which keys open the caller's account?"""


class RemovePasskey(msgspec.Struct, frozen=True, kw_only=True):
    """Take a key off the caller's account."""

    passkey: str


class PasskeyShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key; `passkey` is its id in base64url."""

    passkey: str
    label: str
    added_at: datetime
    used_at: datetime | None = None


class PasskeysShown(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, the newest first."""

    passkeys: tuple[PasskeyShown, ...]


class BeginPasskeyLogin(msgspec.Struct, frozen=True, kw_only=True):
    """Log in by a passkey; whose, the key will tell."""


class FinishPasskeyLogin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the key has signed, as the browser's JSON form."""

    attempt: str
    credential: dict[str, Any]
    device: str = ""
