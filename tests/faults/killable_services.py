"""Services of the platform that can be made to crash before a chosen step, and restarted."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from deploy.dev.parts import SERVICE_MODULES, StackPart
from deploy.dev.pids import ProcessIdentity, identify
from deploy.dev.plan import Plan
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack
from tests.support.waiting import wait_until


class KillableService:
    """One service, started by `tests.faults.crash_points` instead of the usual command, with a folder per run.

    The process that the stack knows forks one for each run, which takes less time than to start it.
    """

    def __init__(self, platform: Stack, service: str, folder: Path) -> None:
        self._processes = Processes(platform.layout)
        self._part: StackPart = Plan(platform.addresses, self._processes).part(service)
        self._service = service
        self._folder = folder
        self._numbers = count(1)
        self._process: ProcessIdentity | None = None

    def start(self) -> None:
        """Replace the usual process; returns when the new one serves."""
        self._processes.kill(self._service)
        self._folder.mkdir(parents=True)
        os.mkfifo(self._runs)
        arguments = (
            *(sys.executable, "-m", "tests.faults.crash_points"),
            *(SERVICE_MODULES[self._service], str(self._runs)),
        )
        self._processes.start(replace(self._part.command, arguments=arguments))
        self.restart()

    def restart(self) -> None:
        """Replace the run by a new one; returns when it serves."""
        if self._process is not None:
            self._process.send(signal.SIGKILL)
            self._process.wait_for_end(self._part.seconds)
        self._run = self._folder / str(next(self._numbers))
        self._run.mkdir()
        self._runs.write_text(str(self._run))
        pid = self._run / "pid"
        wait_until(pid.exists, f"a run of {self._service}")
        self._process = identify(int(pid.read_text()))
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
        wait_until(lambda: self._process is None or not self._process.is_alive(), f"the crash of {self._service}")

    @property
    def _runs(self) -> Path:
        """The FIFO that names the folder of the next run."""
        return self._folder / "runs"


@contextmanager
def killable_services(
    platform: Stack, services: tuple[str, ...], folder: Path
) -> Iterator[dict[str, KillableService]]:
    """Run these services as killable ones during the block, and as usual afterwards."""
    killable = {service: KillableService(platform, service, folder / service) for service in services}
    try:
        for process in killable.values():
            process.start()
        yield killable
    finally:
        for service in services:
            platform.kill(service)
            platform.launch(service)
