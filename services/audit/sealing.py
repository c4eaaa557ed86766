"""Encryption of personal parts: a key per strand, wrapped by the subject key, and blind indexes for searching."""

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
_BLIND_INDEX_SIZE = 16


class SealBroken(Exception):
    """The ciphertext was changed, or belongs to another strand, line or key."""


class Sealer:
    """Wraps strand keys under the subject key, and derives blind indexes from it."""

    def __init__(self, subject_key: bytes) -> None:
        if len(subject_key) != _KEY_SIZE:
            raise SettingsError(
                f"CARNET_SUBJECT_KEY_FILE: the subject key has {_KEY_SIZE} bytes: mount that of this journal"
            )
        self._subject_key = subject_key
        self._index_key = HKDF(SHA256(), _KEY_SIZE, None, b"carnet journal marks").derive(subject_key)

    @classmethod
    def from_file(cls, path: Path) -> "Sealer":
        """Read the key.

        Raises:
            SettingsError: it has not 32 bytes.
        """
        return cls(path.read_bytes())

    def new_key(self) -> bytes:
        """A random strand key, wrapped (RFC 3394)."""
        return aes_key_wrap(self._subject_key, secrets.token_bytes(_KEY_SIZE))

    def cipher(self, wrapped_key: bytes, strand_id: UUID) -> "StrandCipher":
        """The cipher for the lines of a strand.

        Raises:
            SealBroken: the key was not wrapped by this subject key.
        """
        try:
            return StrandCipher(aes_key_unwrap(self._subject_key, wrapped_key), strand_id)
        except InvalidUnwrap:
            raise SealBroken from None

    def actor_blind_index(self, actor: str) -> bytes:
        """Finds an actor's lines without storing who it is; 16 bytes."""
        return self._blind_index(b"actor", actor.encode())

    def document_blind_index(self, document_id: UUID) -> bytes:
        """Finds a document's lines; 16 bytes."""
        return self._blind_index(b"document", document_id.bytes)

    def _blind_index(self, use: bytes, content: bytes) -> bytes:
        return hmac.digest(self._index_key, use + b"\0" + content, "sha256")[:_BLIND_INDEX_SIZE]


class StrandCipher:
    """AES-256-GCM under a strand's key; strand and line number are authenticated, the IV is random."""

    def __init__(self, key: bytes, strand_id: UUID) -> None:
        self._cipher = AESGCM(key)
        self._strand_id = strand_id.bytes

    def seal(self, number: int, nonce: bytes, personal: bytes) -> bytes:
        """The nonce of the commitment and the personal part, encrypted."""
        # Not the line number: a bundle rolled back and appended again would encrypt two texts under one IV.
        iv = secrets.token_bytes(_IV_SIZE)
        return iv + self._cipher.encrypt(iv, nonce + personal, self._associated_data(number))

    def open(self, number: int, sealed: bytes) -> tuple[bytes, bytes]:
        """The nonce and the personal part.

        Raises:
            SealBroken: not encrypted by this cipher for this line.
        """
        try:
            opened = self._cipher.decrypt(sealed[:_IV_SIZE], sealed[_IV_SIZE:], self._associated_data(number))
        except (InvalidTag, ValueError):
            raise SealBroken from None
        return opened[:NONCE_SIZE], opened[NONCE_SIZE:]

    def _associated_data(self, number: int) -> bytes:
        return self._strand_id + number.to_bytes(8, "big")


def new_nonce() -> bytes:
    """The random part of a commitment."""
    return secrets.token_bytes(NONCE_SIZE)
