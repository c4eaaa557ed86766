"""The platform of one checkout, run by that checkout's own `carnet up` on its own ports and files."""

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
    """A checkout and how to start it.

    `command` runs its `carnet`. `root`: directory of its servers' files; existing content is deleted.
    """

    checkout: Path
    command: tuple[str, ...]
    root: Path
    base_port: int

    def clear(self) -> None:
        """Stop and remove what a killed run left."""
        if self.root.exists():
            subprocess.run(
                (*self.command, "down"), cwd=self.checkout, env=self._environment, capture_output=True, check=False
            )
            shutil.rmtree(self.root)

    def check_ports(self) -> None:
        """Raises CannotCompare if another program uses a port."""
        try:
            check_free(ports_from(self.base_port))
        except PortTaken as taken:
            raise CannotCompare(str(taken)) from None

    @contextmanager
    def up(self) -> Iterator[None]:
        """Running for the duration of the block, removed afterwards.

        Raises CannotCompare if it does not start.
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
                # Ctrl-C must reach only the measuring process, which then stops this one.
                start_new_session=True,
            )
        try:
            self._wait(process)
            yield
        finally:
            with signals_ignored():
                self._end(process)

    @property
    def description(self) -> dict[str, Any]:
        """Its dev.json: addresses, cards, databases, processes."""
        found: dict[str, Any] = json.loads((self.root / "dev.json").read_text())
        return found

    def pids(self) -> dict[str, int]:
        """Part -> pid."""
        return {name: process["pid"] for name, process in self.description["processes"].items()}

    @property
    def _environment(self) -> dict[str, str]:
        """Servers given by CARNET_* are not used: two platforms cannot share a broker."""
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
                output = (self.root / "up.log").read_text(errors="replace").strip()
                raise CannotCompare(f"the platform of {self.checkout} does not start: {output}")
            time.sleep(0.1)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        else:
            # It holds thousands of deposits; its log was already quoted if it did not start.
            shutil.rmtree(self.root)
