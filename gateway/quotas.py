"""How much is asked a minute: by way of a software in one place of work, and by strangers from one address."""

from functools import lru_cache
from math import ceil
from time import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from contracts.envelope import Actor
from contracts.errors import QuotaExceeded, TooManyRequests


class Quotas:
    """Counts in this process; several gateways let their part of each quota through."""

    def __init__(self, gateways: int, strangers: int) -> None:
        """`strangers`: requests a minute of one address on the network without a token; 0: they are not counted."""
        self._gateways = gateways
        self._strangers = strangers
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, actor: Actor) -> None:
        """Count a request; a software gone wild in one place shuts out nobody elsewhere.

        Raises:
            QuotaExceeded: what its quota lets through was used up in the last minute.
        """
        wait = self._wait(actor.quota, actor.software or "", actor.structure or "")
        if wait:
            raise QuotaExceeded(quota=str(actor.quota), seconds=str(wait))

    def check_stranger(self, address: str) -> None:
        """Count a request that anybody may make, and that makes work; where no address is known, nothing is counted.

        Raises:
            TooManyRequests.
        """
        wait = self._wait(self._strangers, "", address) if address else 0
        if wait:
            raise TooManyRequests(seconds=str(wait))

    def _wait(self, quota: int, *who: str) -> int:
        """0 when it was counted; else the seconds until something is let through again."""
        if not quota:
            return 0
        part = _a_minute(ceil(quota / self._gateways))
        if self._limiter.hit(part, *who):
            return 0
        return max(1, ceil(self._limiter.get_window_stats(part, *who).reset_time - time()))


@lru_cache(maxsize=1_000)
def _a_minute(requests: int) -> RateLimitItem:
    return RateLimitItemPerMinute(requests)
