"""Waiting for a condition, never for a time."""

from collections.abc import Callable

from cli.demo.cast import wait_for


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Return as soon as it is so; TimeoutError names what never was."""
    wait_for(lambda: True if is_so() else None, what, seconds)
