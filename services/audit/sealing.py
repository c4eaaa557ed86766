"""Names under lock: a key for each strand, wrapped by the subject key, and marks by which a name can be searched."""

import hmac
import secrets
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from chassis.settings import SettingsError
from services.audit.domain.leaf import NONCE_SIZE

_KEY_SIZE = 32
_IV_SIZE = 12
_MARK_SIZE = 16


class SealBroken(Exception):
    """What was sealed is not what is there, or stands in another place."""


class Sealer:
    """The subject key and what it is used for."""

    def __init__(self, subject_key: bytes) -> None:
        if len(subject_key) != _KEY_SIZE:
            raise SettingsError(f"the subject key of the journal has {_KEY_SIZE} bytes")
        self._subject_key = subject_key
        self._mark_key = HKDF(SHA256(), _KEY_SIZE, None, b"carnet journal marks").derive(subject_key)

    @classmethod
    def from_file(cls, path: Path) -> "Sealer":
        """Read the 32 bytes of the key.

        Raises:
            SettingsError: there are more or fewer.
        """
        return cls(path.read_bytes())

    def new_key(self) -> bytes:
        """A fresh key of a strand, wrapped (RFC 3394)."""
        return aes_key_wrap(self._subject_key, secrets.token_bytes(_KEY_SIZE))

    def cipher(self, wrapped: bytes, strand: UUID) -> "StrandCipher":
        """What seals and opens the lines of a strand.

        Raises:
            SealBroken: the key was not wrapped by this subject key.
        """
        try:
            return StrandCipher(aes_key_unwrap(self._subject_key, wrapped), strand)
        except InvalidUnwrap:
            raise SealBroken from None

    def actor_mark(self, actor: str) -> bytes:
        """How an actor's lines are found without naming them; 16 bytes."""
        return self._mark(b"actor", actor.encode())

    def document_mark(self, document_id: UUID) -> bytes:
        """How a document's lines are found; 16 bytes."""
        return self._mark(b"document", document_id.bytes)

    def _mark(self, use: bytes, content: bytes) -> bytes:
        return hmac.digest(self._mark_key, use + b"\0" + content, "sha256")[:_MARK_SIZE]


class StrandCipher:
    """AES-256-GCM under a strand's key; each line is bound to its strand and number, and has an IV of chance."""

    def __init__(self, key: bytes, strand: UUID) -> None:
        self._cipher = AESGCM(key)
        self._strand = strand.bytes

    def seal(self, number: int, nonce: bytes, personal: bytes) -> bytes:
        """The nonce of the commitment and the personal part, encrypted."""
        # Not the number: a bundle undone and done again would seal two texts under one IV.
        iv = secrets.token_bytes(_IV_SIZE)
        return iv + self._cipher.encrypt(iv, nonce + personal, self._place(number))

    def open(self, number: int, sealed: bytes) -> tuple[bytes, bytes]:
        """The nonce and the personal part again.

        Raises:
            SealBroken: not what was sealed at this place.
        """
        try:
            opened = self._cipher.decrypt(sealed[:_IV_SIZE], sealed[_IV_SIZE:], self._place(number))
        except (InvalidTag, ValueError):
            raise SealBroken from None
        return opened[:NONCE_SIZE], opened[NONCE_SIZE:]

    def _place(self, number: int) -> bytes:
        return self._strand + number.to_bytes(8, "big")


def new_nonce() -> bytes:
    """The chance in a commitment."""
    return secrets.token_bytes(NONCE_SIZE)
