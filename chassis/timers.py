"""Timers; they run in every replica, so their work must be idempotent."""

from collections.abc import Callable
from time import time
from typing import Any, cast

from nameko.timer import Timer

from chassis import units
from chassis.context import UnitOfWork
from chassis.handlers import Tick, TimerHandler
from chassis.runtime import Runtime
from contracts.errors.base import Refusal

UNIT_SECONDS = 60.0


class TimerEntrypoint(Timer):
    """nameko's timer, started with the service; `timer_seconds` shortens its period."""

    runtime = Runtime()
    interval: float
    should_stop: Any

    def start(self) -> None:
        self.interval = min(self.interval, self.runtime.settings.timer_seconds)
        super().start()

    def _run(self) -> None:
        self.runtime.wait_until_fit()
        super()._run()

    def stop(self) -> None:
        """Start no further round; the container waits for one that runs."""
        self.should_stop.send(True)


def timer_entrypoint(handler: TimerHandler) -> Callable[[Any], None]:
    """The entrypoint of a timer, a method of chassis.service.Service."""

    def tick(self: Any) -> None:
        work = UnitOfWork(kind="timer", name=handler.name, deadline=time() + UNIT_SECONDS, rule=handler.access)
        try:
            units.run(self.context, work, units.service_actor(self.runtime), Tick(), handler.handle)
        except Refusal:
            return

    tick.__name__ = handler.name
    return cast(Callable[[Any], None], TimerEntrypoint.decorator(interval=handler.seconds)(tick))
