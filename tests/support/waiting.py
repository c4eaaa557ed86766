"""Waiting for a condition, never for a time."""

from collections.abc import Callable
from time import time

from cli.demo.people import wait_for


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Return as soon as it is so; TimeoutError names what never was."""
    wait_for(lambda: True if is_so() else None, what, seconds)


def wait_for_room_in_the_minute() -> None:
    """Quotas weigh the minute before against this one, and are a request off where they meet."""
    wait_until(lambda: time() % 60 < 55, "the next minute")
