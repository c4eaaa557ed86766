"""Waits for what arrives asynchronously, with a time limit."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, seconds: float = 20) -> T:
    """Poll `look` until it returns something; TimeoutError(`what`) after `seconds`."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    raise TimeoutError(what)
