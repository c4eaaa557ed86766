"""Changes of records on their way to the gateways: kept in memory only, for pages that miss one are merely stale."""

from collections.abc import Sequence
from time import monotonic

import msgspec
import structlog
from pika.exceptions import AMQPError, ChannelClosedByBroker

from chassis.publisher import Publisher
from chassis.topology import LIVE
from contracts.envelope import Event
from contracts.live import RecordChanges, changes_by
from contracts.wiring import ANNOUNCES_CHANGES

_MOST = 5_000
"""Records that wait to be told; beyond it all are dropped."""
_REFUSED_SECONDS = 30.0
"""The broker does not know the exchange yet, or not that we may publish there; meanwhile nothing is told."""

_encode = msgspec.json.Encoder().encode


class LiveChanges:
    """Collects what committed units changed, and says it in one message; its publisher has one user at a time.

    `service`: most have nothing that pages show, and collect nothing.
    """

    def __init__(self, publisher: Publisher, *, service: str) -> None:
        self._publisher = publisher
        self._is_silent = service not in ANNOUNCES_CHANGES
        self._waiting = RecordChanges()
        self._not_before = 0.0

    def add(self, committed: Sequence[Event], handled: Sequence[Event]) -> bool:
        """Whether there is something to say of a unit; arguments as for `changes_by`."""
        if self._is_silent or not (committed or handled):
            return False
        changes = changes_by(committed, handled)
        self._add(changes)
        return bool(changes)

    def announce(self) -> None:
        """Publish what waits; never fails, for what was committed does not depend on it."""
        changes, self._waiting = self._waiting, RecordChanges()
        if not changes or monotonic() < self._not_before:
            return
        try:
            self._publisher.announce(LIVE, _encode(changes))
        except ChannelClosedByBroker as error:
            structlog.get_logger().warning("changes_not_told", error=type(error).__name__)
            self._not_before = monotonic() + _REFUSED_SECONDS
        except (AMQPError, OSError):
            # Gateways ask by themselves once they have lost the broker; a service that alone lost it tries again.
            self._add(changes)

    def _add(self, changes: RecordChanges) -> None:
        self._waiting |= changes
        if len(self._waiting.changed) + len(self._waiting.journals) > _MOST:
            self._waiting = RecordChanges()
