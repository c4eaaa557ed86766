"""How operators' commands report their progress."""

from collections.abc import Callable

ProgressCallback = Callable[[int, int], None]
"""Is called with how many are done, and of how many."""
