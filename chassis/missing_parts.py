"""The parts that a process misses, as they are logged and counted."""

import structlog

from chassis import metrics

AWAY = frozenset({"broker", "database", "documents", "object_store", "scanner"})
"""Servers that are away, which others log; the other parts are for an operator to mend."""


class MissingParts:
    """Logs a part once when it is found missing, and once when it is back."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()

    def note(self, missing: frozenset[str], *, ready: bool) -> None:
        """Set the gauges, and log what changed."""
        metrics.READY.set(ready)
        for part in missing | self._known:
            metrics.PART_MISSING.labels(part).set(part in missing)
        for part in sorted(missing - self._known - AWAY):
            structlog.get_logger().error("not_ready", part=part)
        for part in sorted(self._known - missing - AWAY):
            structlog.get_logger().info("part_back", part=part)
        self._known = missing
