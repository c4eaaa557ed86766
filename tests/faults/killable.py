"""Services of the platform that can be told to die before a step of theirs, and brought back."""

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
    """One service, started by `tests.faults.dying` in place of the usual command; a folder for each of its lives."""

    def __init__(self, platform: Stack, service: str, folder: Path) -> None:
        self._processes = Processes(platform.layout)
        self._part: StackPart = Plan(platform.addresses, self._processes).part(service)
        self._service = service
        self._folder = folder
        self._numbers = count(1)

    def live(self) -> None:
        """A new life, in place of the one before; returns when it serves."""
        self._processes.kill(self._service)
        self._life = self._folder / str(next(self._numbers))
        self._life.mkdir(parents=True)
        arguments = (sys.executable, "-m", "tests.faults.dying", SERVICE_MODULES[self._service], str(self._life))
        self._processes.start(replace(self._part.command, arguments=arguments))
        self._processes.wait_until(self._service, self._part.is_ready, self._part.seconds)

    def die_before(self, step: int) -> None:
        """Counted from 1, from the next message on; 0 only counts."""
        draft = self._life / "draft"
        draft.write_text(str(step))
        draft.rename(self._life / "fatal")

    @property
    def steps(self) -> list[str]:
        """What this life has counted; where it died, the last one was not done."""
        trail = self._life / "steps"
        return trail.read_text().splitlines() if trail.exists() else []

    def has_settled(self) -> bool:
        """Whether this life has acknowledged every message it has counted."""
        begun = [step.split()[0] for step in self.steps]
        return begun.count("take") == begun.count("acknowledge")

    def wait_for_death(self) -> None:
        """TimeoutError when the step never came."""
        wait_until(lambda: not self._is_alive(), f"the end of {self._service}")

    def _is_alive(self) -> bool:
        return any(record.identity.is_alive() for record in self._processes.records() if record.name == self._service)


@contextmanager
def killable_services(
    platform: Stack, services: tuple[str, ...], folder: Path
) -> Iterator[dict[str, KillableService]]:
    """These services are mortal while the block lasts, and the usual ones afterwards."""
    found = {service: KillableService(platform, service, folder / service) for service in services}
    try:
        for mortal in found.values():
            mortal.live()
        yield found
    finally:
        for service in services:
            platform.kill(service)
            platform.launch(service)
