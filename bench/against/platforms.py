"""The platform of one checkout, run by that checkout's own `carnet up` on ports and files of its own."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.against.errors import CannotCompare
from deploy.dev.errors import PortTaken
from deploy.dev.ports import check_free, ports_from
from deploy.dev.supervisor import signals_ignored

_START_SECONDS, _STOP_SECONDS = 180, 120
_NO_LIMITS = {"CARNET_LOGINS_PER_ADDRESS": "1000000", "CARNET_STRANGERS_A_MINUTE": "0"}


@dataclass(frozen=True)
class Platform:
    """A checkout, and what is needed to start it.

    Args:
        command: that runs its `carnet`.
        root: where its servers keep their files; what is there goes.
    """

    checkout: Path
    command: tuple[str, ...]
    root: Path
    base_port: int

    def clear(self) -> None:
        """Stop and take away what a run that was killed has left."""
        if self.root.exists():
            subprocess.run(
                (*self.command, "down"), cwd=self.checkout, env=self._environment, capture_output=True, check=False
            )
            shutil.rmtree(self.root)

    def check_ports(self) -> None:
        """Raise CannotCompare when another program holds a port."""
        try:
            check_free(ports_from(self.base_port))
        except PortTaken as taken:
            raise CannotCompare(str(taken)) from None

    @contextmanager
    def up(self) -> Iterator[None]:
        """Started, and stopped and taken away after the block.

        Raises:
            CannotCompare: it does not start.
        """
        self.root.mkdir(parents=True)
        with (self.root / "up.log").open("wb") as log:
            process = subprocess.Popen(
                (*self.command, "up"),
                cwd=self.checkout,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the one who measures, who then stops this.
                start_new_session=True,
            )
        try:
            self._wait(process)
            yield
        finally:
            with signals_ignored():
                self._end(process)

    @property
    def facts(self) -> dict[str, Any]:
        """What it tells of itself: addresses, cards, databases, processes."""
        found: dict[str, Any] = json.loads((self.root / "dev.json").read_text())
        return found

    def pids(self) -> dict[str, int]:
        """Part -> its process."""
        return {name: process["pid"] for name, process in self.facts["processes"].items()}

    @property
    def _environment(self) -> dict[str, str]:
        """Servers of its own, whatever those of whoever measures are: two platforms cannot share a broker."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CARNET_")}
        return (
            kept
            | _NO_LIMITS
            | {
                "PYTHONPATH": str(self.checkout),
                "CARNET_DEV_ROOT": str(self.root),
                "CARNET_DEV_PORT": str(self.base_port),
            }
        )

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not (self.root / "dev.json").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                said = (self.root / "up.log").read_text(errors="replace").strip()
                raise CannotCompare(f"the platform of {self.checkout} does not start: {said}")
            time.sleep(0.1)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        else:
            # Thousands of deposits; and what it told when it did not start has been quoted.
            shutil.rmtree(self.root)
