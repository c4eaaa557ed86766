"""Passwords: Argon2id by current OWASP advice, off the main thread, at the same cost for somebody unknown."""

import secrets
import unicodedata
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chassis.offload import offload

_COMMON_FILE = Path(__file__).with_name("common_passwords.txt")


class Passwords:
    """Hashes and verifies; 19 MiB, two passes, one lane."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._nobody = self._hasher.hash(secrets.token_hex())
        self.common = frozenset(_COMMON_FILE.read_text().split())
        """Passwords too well known to be taken, case-folded."""

    def hash(self, password: str) -> str:
        """The encoded hash to store."""
        return offload(self._hasher.hash, _composed(password))

    def is_right(self, encoded: str | None, password: str) -> bool:
        """Whether the password is the hashed one; None takes as long and is never right."""
        matches = offload(self._matches, encoded or self._nobody, _composed(password))
        return matches and encoded is not None

    def _matches(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False


def _composed(password: str) -> str:
    # The same accented letter comes composed from one keyboard and decomposed from another.
    return unicodedata.normalize("NFC", password)
