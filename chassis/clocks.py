"""Whether the clock of this machine agrees with that of another one."""

CLOCK_SECONDS = 5.0
"""How far the clocks of two machines may be apart; a ticket lives 30 s."""


def seconds_apart(before: float, earliest: float, latest: float, after: float) -> float:
    """How far another clock is from ours, at least.

    Args:
        before, after: our time when it was asked, and when it had answered. earliest, latest: what it said.
    """
    return max(before - latest, earliest - after, 0.0)
