"""How long one request may take in all: some seconds, and more for the bytes that have moved."""

import asyncio
from collections.abc import Callable

BYTES_PER_SECOND = 32 * 1024
"""The slowest client whose transfer ends, however large it is: 256 kbit/s."""


class TimeLimit:
    """The time of a connection's request; `expire` is called when it is used up.

    Unlike the limits of stalls, it ends whoever sends or reads one byte now and then.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        seconds: float,
        moved: Callable[[], int],
        expire: Callable[[], None],
    ) -> None:
        """Stopped, until `start`.

        Args:
            moved: bytes that the client has sent and received since the connection was made.
        """
        self._loop = loop
        self._seconds = seconds
        self._moved = moved
        self._expire = expire
        self._timer: asyncio.TimerHandle | None = None
        self._started = 0.0
        self._moved_before = 0

    def start(self) -> None:
        """A request begins."""
        self.stop()
        self._started, self._moved_before = self._loop.time(), self._moved()
        self._timer = self._loop.call_later(self._seconds, self._check)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self) -> None:
        allowed = self._seconds + (self._moved() - self._moved_before) / BYTES_PER_SECOND
        left = self._started + allowed - self._loop.time()
        self._timer = self._loop.call_later(left, self._check) if left > 0 else None
        if self._timer is None:
            self._expire()
