"""Sessions that were ended before their tokens were over: what every process knows, a few seconds old at most."""

from collections.abc import Iterable

from contracts.identity import EndedSession

LOOK_SECONDS = 2.0
"""Between two looks."""
_OVERLAP_SECONDS = 30.0
"""Asked for again at each look: an end is dated before it is committed, and may be seen late."""
_LONGEST_TOKEN_SECONDS = 900.0


class Revocations:
    """Ended sessions of which a token may still be about; all times are Unix times."""

    def __init__(self) -> None:
        self._ended: dict[str, float] = {}
        self._learnt_at: float | None = None

    def seconds_to_ask(self, now: float) -> int:
        """How far back to ask: everything at first, else since something was learnt last, with an overlap."""
        if self._learnt_at is None:
            return int(_LONGEST_TOKEN_SECONDS)
        return int(min(now - self._learnt_at + _OVERLAP_SECONDS, _LONGEST_TOKEN_SECONDS)) + 1

    def learn(self, ended: Iterable[EndedSession], *, now: float) -> None:
        """Take over what has ended, and forget what no token can be of any more."""
        for one in ended:
            self._ended[one.session] = one.until.timestamp()
        for session in [session for session, until in self._ended.items() if until <= now]:
            del self._ended[session]
        self._learnt_at = now

    def has(self, session: str) -> bool:
        """Whether this session was ended."""
        return session in self._ended
