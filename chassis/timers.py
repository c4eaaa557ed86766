"""Work that comes round by itself; every replica keeps the time, so what it does must bear being done twice."""

from collections.abc import Callable
from functools import partial
from time import time
from typing import Any, cast

from nameko.timer import Timer

from chassis import units
from chassis.foundation import Foundation
from chassis.units import Call, Work
from contracts.errors import Refusal

UNIT_SECONDS = 60.0


class TimerEntrypoint(Timer):
    """nameko's timer, started with the service."""

    foundation = Foundation()


def every(*, seconds: float) -> Callable[[Callable[[Any, Call[None]], None]], Callable[[Any], None]]:
    """Run a method each `seconds`, as one unit of work; a failure is logged and the next round tries again."""

    def decorate(do: Callable[[Any, Call[None]], None]) -> Callable[[Any], None]:
        def run(self: Any) -> None:
            foundation: Foundation = self.foundation
            work = Work(kind="timer", name=do.__name__, deadline=time() + UNIT_SECONDS)
            try:
                units.run(foundation, work, units.own_actor(foundation), None, partial(do, self))
            except Refusal:
                return

        run.__name__ = do.__name__
        return cast(Callable[[Any], None], TimerEntrypoint.decorator(interval=seconds)(run))

    return decorate
