"""What an account that was opened with a carte Vitale waits for before it opens."""

from datetime import timedelta
from enum import StrEnum

PENDING_LIFE = timedelta(days=60)
"""A pending account is deleted after it, and its letter opens nothing."""
LETTER_TRIES = 10
LETTER_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O: 32 characters, five bits each."""
LETTER_LENGTH = 10


class ActivationFactor(StrEnum):
    """The second factor of an activation; an agent may confirm wherever there is one."""

    NONE = "none"
    LETTER = "letter"
    AGENT = "agent"


def normal_letter_code(typed: str) -> str:
    """A code as it was made, however it was typed: without spaces and hyphens, in capitals."""
    return "".join(character for character in typed.upper() if character in LETTER_ALPHABET)
