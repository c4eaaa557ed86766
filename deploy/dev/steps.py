"""Steps with dependencies, run in parallel."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

StepCallback = Callable[[str, float], None]
"""Called for each finished step: name, seconds."""


@dataclass(frozen=True)
class Step:
    """An action that runs after the steps named in `needs`; names that are not in the run are ignored."""

    name: str
    action: Callable[[], None]
    needs: frozenset[str] = frozenset()


def run_steps(steps: Sequence[Step], announce: StepCallback, cancelled: threading.Event) -> None:
    """Run all steps; on the first failure or signal, set `cancelled`, wait for running steps, and raise it."""
    names = {step.name for step in steps}
    waiting = list(steps)
    done: set[str] = set()
    running: dict[Future[float], Step] = {}
    with ThreadPoolExecutor(max_workers=len(steps)) as pool:
        try:
            while waiting or running:
                startable = [step for step in waiting if step.needs & names <= done]
                waiting = [step for step in waiting if step not in startable]
                running |= {pool.submit(_timed, step): step for step in startable}
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    step = running.pop(future)
                    announce(step.name, future.result())
                    done.add(step.name)
        except BaseException:
            cancelled.set()
            raise


def _timed(step: Step) -> float:
    started = time.monotonic()
    step.action()
    return time.monotonic() - started
