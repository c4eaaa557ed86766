"""Waits for conditions, with a time limit."""

from collections.abc import Callable
from time import time

from client.waiting import wait_for


def wait_until(is_so: Callable[[], object], what: str = "a condition", seconds: float = 30) -> None:
    """Return once the condition holds; raises TimeoutError(what) after `seconds`."""
    wait_for(is_so, what, seconds)


def wait_past_minute_boundary() -> None:
    """Quotas weigh the previous minute against this one and are off by one request at the boundary."""
    wait_until(lambda: time() % 60 < 55, "the next minute")
