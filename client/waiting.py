"""Waits for what arrives asynchronously, with a time limit."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str = "a condition", seconds: float = 20) -> T:
    """Poll `look` until its result is true; TimeoutError(`what`) after `seconds`."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError(what)
