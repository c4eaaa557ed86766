"""Authenticator apps (TOTP, RFC 6238): secrets made by pyotp, stored encrypted, and the step of time of a code."""

import hmac
import secrets
from datetime import datetime

import pyotp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contracts.vocabulary import PatientId

_ISSUER = "Carnet"
_NONCE_SIZE = 12
_KEY_SIZE = 32


class Authenticators:
    """Makes, encrypts and checks the secrets shared with apps; the key is derived from the pepper."""

    def __init__(self, pepper: bytes) -> None:
        key = HKDF(SHA256(), _KEY_SIZE, None, b"carnet authenticator secrets").derive(pepper)
        self._cipher = AESGCM(key)

    def new_secret(self) -> str:
        """160 random bits in base32, as apps accept them."""
        return pyotp.random_base32()

    def uri(self, secret: str, identifier: str) -> str:
        """The otpauth URI an app reads from a QR code."""
        return pyotp.TOTP(secret).provisioning_uri(name=identifier, issuer_name=_ISSUER)

    def seal(self, patient_id: PatientId, secret: str) -> bytes:
        """A secret as it is stored: AES-GCM with the patient id as associated data."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), patient_id.bytes)

    def check_sealed(self, patient_id: PatientId, sealed: bytes) -> None:
        """Raises InvalidTag where another pepper, or patient, is given."""
        self._open(patient_id, sealed)

    def step_of(self, patient_id: PatientId, sealed: bytes, code: str, now: datetime) -> int | None:
        """The step of 30 seconds it is now if the code is of it, else None: no code outlives its step."""
        totp = pyotp.TOTP(self._open(patient_id, sealed))
        here = totp.timecode(now)
        return here if hmac.compare_digest(totp.generate_otp(here).encode(), code.encode()) else None

    def _open(self, patient_id: PatientId, sealed: bytes) -> str:
        nonce, content = sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:]
        return self._cipher.decrypt(nonce, content, patient_id.bytes).decode()
