"""Codes of letters: stored as a keyed hash, and encrypted only until they are written for the mail house."""

import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contracts.vocabulary import PatientId
from services.identity.domain.activating import LETTER_ALPHABET, LETTER_LENGTH

_NONCE_SIZE = 12
_KEY_SIZE = 32


class LetterCodes:
    """Makes, hashes and encrypts codes; both keys are derived from the pepper."""

    def __init__(self, pepper: bytes) -> None:
        self._hash_key = HKDF(SHA256(), _KEY_SIZE, None, b"carnet letter hashes").derive(pepper)
        self._cipher = AESGCM(HKDF(SHA256(), _KEY_SIZE, None, b"carnet letter codes").derive(pepper))

    def new_code(self) -> str:
        """Fifty random bits in characters that are not mistaken for each other."""
        return "".join(secrets.choice(LETTER_ALPHABET) for _ in range(LETTER_LENGTH))

    def hash(self, patient_id: PatientId, code: str) -> bytes:
        """The stored hash of a code: it opens the account of this patient only."""
        return hmac.digest(self._hash_key, patient_id.bytes + code.encode(), "sha256")

    def seal(self, patient_id: PatientId, code: str) -> bytes:
        """A code until it is written: AES-GCM with the patient id as associated data."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        return nonce + self._cipher.encrypt(nonce, code.encode(), patient_id.bytes)

    def open(self, patient_id: PatientId, sealed: bytes) -> str:
        """The code again; raises InvalidTag where another pepper, or patient, is given."""
        nonce, content = sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:]
        return self._cipher.decrypt(nonce, content, patient_id.bytes).decode()
