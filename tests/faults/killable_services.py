"""Services of the platform that can be made to crash before a chosen step, and restarted."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from deploy.dev.parts import SERVICE_MODULES, StackPart
from deploy.dev.plan import Plan
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack
from tests.support.waiting import wait_until


class KillableService:
    """One service, started by `tests.faults.crash_points` instead of the usual command, with a folder per run."""

    def __init__(self, platform: Stack, service: str, folder: Path) -> None:
        self._processes = Processes(platform.layout)
        self._part: StackPart = Plan(platform.addresses, self._processes).part(service)
        self._service = service
        self._folder = folder
        self._numbers = count(1)

    def restart(self) -> None:
        """Replace the process by a new one; returns when it serves."""
        self._processes.kill(self._service)
        self._run = self._folder / str(next(self._numbers))
        self._run.mkdir(parents=True)
        module = "tests.faults.crash_points"
        arguments = (sys.executable, "-m", module, SERVICE_MODULES[self._service], str(self._run))
        self._processes.start(replace(self._part.command, arguments=arguments))
        self._processes.wait_until(self._service, self._part.is_ready, self._part.seconds)

    def crash_before(self, step: int) -> None:
        """Steps count from 1, starting at the next message; 0 counts them and never crashes."""
        draft = self._run / "draft"
        draft.write_text(str(step))
        draft.rename(self._run / "crash_at")

    @property
    def steps(self) -> list[str]:
        """The steps of this run; after a crash, the last one was not done."""
        log = self._run / "steps"
        return log.read_text().splitlines() if log.exists() else []

    def has_settled(self) -> bool:
        """Whether this run has acknowledged every message it has taken."""
        kinds = [step.split()[0] for step in self.steps]
        return kinds.count("take") == kinds.count("acknowledge")

    def wait_for_crash(self) -> None:
        """Raises TimeoutError where the step was never reached."""
        wait_until(lambda: not self._is_alive(), f"the crash of {self._service}")

    def _is_alive(self) -> bool:
        return any(record.identity.is_alive() for record in self._processes.records() if record.name == self._service)


@contextmanager
def killable_services(
    platform: Stack, services: tuple[str, ...], folder: Path
) -> Iterator[dict[str, KillableService]]:
    """Run these services as killable ones during the block, and as usual afterwards."""
    killable = {service: KillableService(platform, service, folder / service) for service in services}
    try:
        for process in killable.values():
            process.restart()
        yield killable
    finally:
        for service in services:
            platform.kill(service)
            platform.launch(service)
