"""Sessions that ended before their tokens expired, as known to a process; at most a few seconds old."""

from collections.abc import Iterable

from contracts.identity.logins import EndedSession

LOOK_SECONDS = 2.0
"""Seconds between two requests to identity."""
_OVERLAP_SECONDS = 30.0
"""Requests overlap: an end is dated before it is committed, and may become visible late."""
_MAX_TOKEN_SECONDS = 900.0


class Revocations:
    """Ended sessions whose tokens may not have expired; all times are Unix times."""

    def __init__(self) -> None:
        self._ended: dict[str, float] = {}
        self._learned_at: float | None = None

    def seconds_to_ask(self, now: float) -> int:
        """The period to request: the lifetime of a token at first, then since the last answer, with an overlap."""
        if self._learned_at is None:
            return int(_MAX_TOKEN_SECONDS)
        return int(min(now - self._learned_at + _OVERLAP_SECONDS, _MAX_TOKEN_SECONDS)) + 1

    def learn(self, ended: Iterable[EndedSession], *, now: float) -> None:
        """Add ended sessions, and remove those whose tokens have all expired."""
        for session in ended:
            self._ended[session.session] = session.until.timestamp()
        for expired in [session for session, until in self._ended.items() if until <= now]:
            del self._ended[expired]
        self._learned_at = now

    def has(self, session: str) -> bool:
        return session in self._ended
