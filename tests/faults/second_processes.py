"""A second process beside one of the platform's, which a test stops while the first one goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from deploy.dev.environment import environment_of_gateway, environment_of_service
from deploy.dev.parts import SERVICE_MODULES
from deploy.dev.paths import CHECKOUT
from deploy.dev.readiness import is_http_ready
from deploy.dev.stack import Stack
from tests.support.ports import free_port
from tests.support.waiting import wait_until

GATEWAY = "gateway"
_READY_SECONDS = 60.0
_END_SECONDS = 30.0
"""A process ends within 25 s, whatever is away."""


class SecondProcess:
    """Runs on a port of its own; `log`: its output."""

    def __init__(self, platform: Stack, name: str, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        addresses = platform.addresses
        environment = (
            environment_of_gateway(addresses) if name == GATEWAY else environment_of_service(name, addresses)
        )
        environment["CARNET_HTTP_ADDRESS"] = f"127.0.0.1:{self.port}"
        environment.pop("CARNET_METRICS_ADDRESS", None)
        environment |= {f"CARNET_{setting.upper()}": value for setting, value in settings.items()}
        module = (GATEWAY,) if name == GATEWAY else ("chassis.run", SERVICE_MODULES[name])
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                (sys.executable, "-m", *module),
                env=environment,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        """Until it takes calls."""
        wait_until(partial(is_http_ready, self.port), "the second process", _READY_SECONDS)

    def send_sigterm(self) -> None:
        """Ask it to end, as an orchestrator does."""
        os.kill(self._process.pid, signal.SIGTERM)

    def exit_code(self) -> int:
        """Wait for its end; raises TimeoutExpired where it does not come."""
        return self._process.wait(_END_SECONDS)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def second_process(platform: Stack, name: str, folder: Path, **settings: str) -> Iterator[SecondProcess]:
    """A ready second process of the gateway or of a service, with these CARNET_* settings."""
    process = SecondProcess(platform, name, folder, **settings)
    try:
        process.wait_until_ready()
        yield process
    finally:
        process.kill()
