"""Passkeys (WebAuthn): the options a browser is given, and the verification of its answers."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from contracts.errors.request import LoginFailed
from contracts.vocabulary import PatientId

_NAME = "Carnet"
_MILLISECONDS = 300_000


@dataclass(frozen=True)
class NewPasskey:
    """A key that a device has just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class Passkeys:
    """Keys for this platform's own origin alone, used with user verification (PIN, finger, face)."""

    def __init__(self, public_url: str) -> None:
        self._origin = public_url
        self._host = urlsplit(public_url).hostname or ""

    def new_challenge(self) -> bytes:
        """32 random bytes that a key signs, once."""
        return secrets.token_bytes(32)

    def to_make(self, challenge: bytes, holder: PatientId, identifier: str, known: Sequence[bytes]) -> dict[str, Any]:
        """The options of `navigator.credentials.create`; devices that hold a `known` key make no second one."""
        options = generate_registration_options(
            rp_id=self._host,
            rp_name=_NAME,
            user_name=identifier,
            user_id=holder.bytes,
            challenge=challenge,
            timeout=_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=credential_id) for credential_id in known],
        )
        return _plain(options)

    def made(self, credential: dict[str, Any], challenge: bytes) -> NewPasskey:
        """The verified key that a device has made; raises LoginFailed."""
        try:
            found = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError):
            raise LoginFailed from None
        return NewPasskey(found.credential_id, found.credential_public_key, found.sign_count)

    def to_use(self, challenge: bytes) -> dict[str, Any]:
        """The options of `navigator.credentials.get`; they name no holder, the device knows its keys."""
        options = generate_authentication_options(
            rp_id=self._host,
            challenge=challenge,
            timeout=_MILLISECONDS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _plain(options)

    def read_id(self, name: Any) -> bytes:
        """A credential id from base64url; raises LoginFailed."""
        try:
            return base64url_to_bytes(name)
        except (ValueError, TypeError, AttributeError):
            raise LoginFailed from None

    def write_id(self, credential_id: bytes) -> str:
        """A credential id in base64url."""
        return bytes_to_base64url(credential_id)

    def used(self, credential: dict[str, Any], challenge: bytes, public_key: bytes, sign_count: int) -> int:
        """The key's new sign count; raises LoginFailed, also where it went back: then the key was cloned."""
        try:
            return verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            ).new_sign_count
        except (WebAuthnException, ValueError, TypeError, KeyError):
            raise LoginFailed from None


def _plain(options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(options_to_json(options))
    return found
