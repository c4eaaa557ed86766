"""Messages about passkeys (WebAuthn)."""

from datetime import datetime
from typing import Any

import msgspec


class BeginPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """Begin to add a passkey to the caller's account."""


class PasskeyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the browser's WebAuthn call, in JSON form; the next message names the attempt."""

    attempt: str
    options: dict[str, Any]


class ConfirmPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """The created credential, in the browser's JSON form, and the owner's label for it."""

    attempt: str
    credential: dict[str, Any]
    label: str


class ListPasskeys(msgspec.Struct, frozen=True, kw_only=True):
    """List the passkeys of the caller's account."""


class RemovePasskey(msgspec.Struct, frozen=True, kw_only=True):
    """Remove a passkey from the caller's account."""

    passkey: str


class PasskeySummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A passkey; `passkey`: its credential id in base64url."""

    passkey: str
    label: str
    added_at: datetime
    used_at: datetime | None = None


class PasskeyList(msgspec.Struct, frozen=True, kw_only=True):
    """All passkeys, newest first."""

    passkeys: tuple[PasskeySummary, ...]


class BeginPasskeyLogin(msgspec.Struct, frozen=True, kw_only=True):
    """Begin a login by passkey; the credential identifies the account."""


class FinishPasskeyLogin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The signed challenge, in the browser's JSON form."""

    attempt: str
    credential: dict[str, Any]
    device: str = ""
