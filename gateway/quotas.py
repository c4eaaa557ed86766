"""Quotas of business software: how many requests a minute one place of work may make with it."""

from functools import lru_cache
from math import ceil
from time import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from contracts.envelope import Actor
from contracts.errors import QuotaExceeded


class Quotas:
    """Counts in this process; several gateways let their part of a quota through each."""

    def __init__(self, gateways: int) -> None:
        self._gateways = gateways
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, actor: Actor) -> None:
        """Count a request; a software gone wild in one place shuts out nobody elsewhere.

        Raises:
            QuotaExceeded: what its quota lets through was used up in the last minute.
        """
        if not actor.quota:
            return
        part = _a_minute(ceil(actor.quota / self._gateways))
        key = (actor.software or "", actor.structure or "")
        if not self._limiter.hit(part, *key):
            reset = self._limiter.get_window_stats(part, *key).reset_time
            raise QuotaExceeded(quota=str(actor.quota), seconds=str(max(1, ceil(reset - time()))))


@lru_cache(maxsize=1_000)
def _a_minute(requests: int) -> RateLimitItem:
    return RateLimitItemPerMinute(requests)
