"""Passwords: how guessable they are, and Argon2id by current OWASP advice, off the main thread."""

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn_rs_py import zxcvbn

from chassis.offload import offload
from services.identity.breaches import Breaches

_OURS = ("carnet", "carnetdesante", "dmp", "dossiermedical", "monespacesante", "vitale", "cartevitale", "ameli")
"""Words that a guesser would try here first."""
_FRENCH = (
    *("motdepasse", "azerty", "azertyuiop", "qsdfghjklm", "soleil", "bonjour", "doudou", "loulou", "chouchou"),
    *("jetaime", "marseille", "coucou", "bienvenue", "changemoi", "secret", "password"),
)
"""Zxcvbn's own lists are English."""
_WORDS = re.compile(r"[^\w]+|_")
_LOOKED_AT = 72
"""Characters whose strength is estimated; more of them make a password no weaker."""
_GOOD = 3
"""Of zxcvbn's scores: more than a hundred million guesses."""


class Passwords:
    """Hashes and verifies (19 MiB, two passes, one lane), at the same cost for somebody unknown."""

    def __init__(self, breaches: Breaches) -> None:
        self._breaches = breaches
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._nobody = self._hasher.hash(secrets.token_hex())

    def is_guessable(self, password: str, identifier: str = "") -> bool:
        """Whether it is common, near the identifier or this platform's words, or known from a breach."""
        words = [*_OURS, *_FRENCH, identifier, *_WORDS.split(identifier)]
        return offload(self._is_guessable, password, [word for word in words if word])

    def hash(self, password: str) -> str:
        """The encoded hash to store."""
        return offload(self._hasher.hash, password)

    def is_right(self, encoded: str | None, password: str) -> bool:
        """Whether the password is the hashed one; None takes as long and is never right."""
        return offload(self._matches, encoded or self._nobody, password) and encoded is not None

    def _is_guessable(self, password: str, words: list[str]) -> bool:
        estimate = zxcvbn(password[:_LOOKED_AT], words)
        return int(estimate.score) < _GOOD or self._breaches.has(password)

    def _matches(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False
