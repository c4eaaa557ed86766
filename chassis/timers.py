"""Work that comes round by itself; every replica keeps the time, so what it does must bear being done twice."""

from collections.abc import Callable
from functools import partial
from time import time
from typing import Any, cast

from nameko.timer import Timer

from chassis import units
from chassis.runtime import Runtime
from chassis.units import RequestContext, UnitOfWork
from contracts.errors import Refusal

UNIT_SECONDS = 60.0


class TimerEntrypoint(Timer):
    """nameko's timer, started with the service."""

    runtime = Runtime()


def every(*, seconds: float) -> Callable[[Callable[[Any, RequestContext[None]], None]], Callable[[Any], None]]:
    """Run a method each `seconds`, as one unit of work; a failure is logged and the next round tries again."""

    def decorate(do: Callable[[Any, RequestContext[None]], None]) -> Callable[[Any], None]:
        def run(self: Any) -> None:
            runtime: Runtime = self.runtime
            work = UnitOfWork(kind="timer", name=do.__name__, deadline=time() + UNIT_SECONDS)
            try:
                units.run(runtime, work, units.service_actor(runtime), None, partial(do, self))
            except Refusal:
                return

        run.__name__ = do.__name__
        return cast(Callable[[Any], None], TimerEntrypoint.decorator(interval=seconds)(run))

    return decorate
