"""Requests per minute: of a software in one structure, of one address without a token, searches of one session."""

from functools import lru_cache
from math import ceil
from time import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from contracts.envelope import Actor
from contracts.errors.execution import QuotaExceeded, TooManyRequests

_SEARCHES = 30
"""Of the directory, by one session in a minute: a person who types, and no copy of the directory."""


class Quotas:
    """Counters of this process; each of several gateways allows its share of a quota."""

    def __init__(self, gateways: int, anonymous_per_minute: int) -> None:
        """Set the limits.

        Args:
            gateways: how many gateways share each quota.
            anonymous_per_minute: requests without a token that one address may make; 0: no limit.
        """
        self._gateways = gateways
        self._anonymous_per_minute = anonymous_per_minute
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, actor: Actor) -> None:
        """Count a request against the quota of its software in its structure; other structures are not affected.

        Raises:
            QuotaExceeded: the quota of the last minute is used up.
        """
        wait = self._seconds_to_wait(actor.quota, actor.software or "", actor.structure or "")
        if wait:
            raise QuotaExceeded(quota=str(actor.quota), seconds=str(wait))

    def check_anonymous(self, address: str) -> None:
        """Count a request without a token against its address; without a known address nothing is counted.

        Raises:
            TooManyRequests.
        """
        wait = self._seconds_to_wait(self._anonymous_per_minute, "", address) if address else 0
        if wait:
            raise TooManyRequests(seconds=str(wait))

    def check_search(self, session: str) -> None:
        """Count a search of the directory against its session.

        Raises:
            TooManyRequests.
        """
        wait = self._seconds_to_wait(_SEARCHES, "search", session)
        if wait:
            raise TooManyRequests(seconds=str(wait))

    def _seconds_to_wait(self, quota: int, *key: str) -> int:
        """0 when the request was counted; else the seconds until another one is allowed."""
        if not quota:
            return 0
        limit = _per_minute(ceil(quota / self._gateways))
        if self._limiter.hit(limit, *key):
            return 0
        return max(1, ceil(self._limiter.get_window_stats(limit, *key).reset_time - time()))


@lru_cache(maxsize=1_000)
def _per_minute(requests: int) -> RateLimitItem:
    return RateLimitItemPerMinute(requests)
