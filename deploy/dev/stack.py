"""The development stack as one object: start, stop, restart a part, join a running one."""

import contextlib
import signal
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.dev.addresses import Addresses
from deploy.dev.credentials import load_or_create
from deploy.dev.description import read_description, write_description
from deploy.dev.errors import AlreadyRunning, StackError
from deploy.dev.external import ExternalServers, external_servers_from
from deploy.dev.paths import CHECKOUT, Layout
from deploy.dev.plan import Plan
from deploy.dev.ports import DEFAULT_BASE, check_free, ports_from
from deploy.dev.processes import Processes
from deploy.dev.steps import Step, StepCallback, run_steps
from deploy.dev.supervisor import SupervisorLock, find_supervisor, signals_ignored, signals_interrupt

_JOIN_SECONDS = 120.0

EndCallback = Callable[[str, int, str], None]
"""Called for each part that ended by itself: name, exit code, last log lines."""


class Stack:
    """The stack with its files under `root`, on ports counted from `base_port`.

    As a context manager it joins a running stack of this root, or starts one and stops it at the end.
    """

    def __init__(
        self,
        root: Path,
        base_port: int,
        external: ExternalServers | None = None,
        announce: StepCallback | None = None,
    ) -> None:
        self.layout = Layout(root.resolve())
        self.base_port = base_port
        self._external = external or ExternalServers()
        self._announce = announce or _ignore
        self._processes = Processes(self.layout)
        self._lock = SupervisorLock(self.layout)
        self._at_exit = contextlib.ExitStack()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], announce: StepCallback | None = None) -> Self:
        """The stack of CARNET_DEV_ROOT (default: `var` of the checkout) and CARNET_DEV_PORT."""
        root = Path(environment.get("CARNET_DEV_ROOT") or CHECKOUT / "var")
        port = environment.get("CARNET_DEV_PORT") or str(DEFAULT_BASE)
        if not port.isdigit():
            raise StackError(f"CARNET_DEV_PORT must be a number, not {port!r}")
        return cls(root, int(port), external_servers_from(environment), announce)

    @cached_property
    def addresses(self) -> Addresses:
        """Addresses of all parts, running or not; creates the credentials on first use."""
        credentials = load_or_create(self.layout.credentials)
        return Addresses(self.layout, ports_from(self.base_port), credentials, self._external)

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self.addresses, self._processes)

    def start(self) -> None:
        """Start everything; on failure nothing is left running. Raises AlreadyRunning."""
        self._bring_up([*self._plan.server_steps(), *self._plan.platform_steps()])

    def start_servers(self) -> None:
        """Start only broker, databases, object store and mailbox, for tests of single services."""
        self._bring_up(self._plan.server_steps())

    def stop(self) -> list[str]:
        """Stop what this object started, dependents first; returns the names of what ran."""
        if not self._lock.is_held:
            return []
        with signals_ignored():
            self.layout.description.unlink(missing_ok=True)
            stopped = self._processes.stop_all()
            self._lock.release()
        return stopped

    def launch(self, name: str) -> None:
        """Restart a part that was stopped or killed, and wait until it is ready."""
        self._plan.launch(name)
        self._write_description()

    def halt(self, name: str) -> None:
        """Stop one part gracefully."""
        self._processes.stop(name)

    def kill(self, name: str) -> None:
        """Kill one part, as a crash would."""
        self._processes.kill(name)

    def is_described(self) -> bool:
        """Whether `var/dev.json` exists; if so, adopt its base port."""
        description = read_description(self.layout)
        if description is not None:
            self.base_port = description["base_port"]
        return description is not None

    def report_ends(self, report: EndCallback) -> None:
        """Block until interrupted; call `report` for each part that ends by itself."""
        while True:
            for name, code in self._processes.ended().items():
                report(name, code, self._processes.last_lines(name))
            time.sleep(0.5)

    def __enter__(self) -> Self:
        self._at_exit.enter_context(signals_interrupt())
        try:
            while not self._join():
                with contextlib.suppress(AlreadyRunning):
                    self.start()
                    self._at_exit.callback(self.stop)
                    break
        except BaseException:
            self._at_exit.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._at_exit.close()

    def _join(self) -> bool:
        """Whether another supervisor runs this stack; waits for one that is still starting it."""
        deadline = time.monotonic() + _JOIN_SECONDS
        while find_supervisor(self.layout) is not None:
            if self.is_described():
                return True
            if time.monotonic() > deadline:
                raise StackError(f"the stack of {self.layout.root} is being brought up, but never is")
            time.sleep(0.1)
        return False

    def _bring_up(self, steps: list[Step]) -> None:
        self._lock.acquire()
        try:
            self.layout.description.unlink(missing_ok=True)
            self._processes.stop_all()
            check_free(self.addresses.private_ports())
            self._processes.cancelled.clear()
            run_steps(steps, self._announce, self._processes.cancelled)
            self._write_description()
        except BaseException:
            self.stop()
            raise

    def _write_description(self) -> None:
        write_description(self.base_port, self.addresses, self._processes)


def _ignore(_step: str, _seconds: float) -> None:
    pass


def bring_down(layout: Layout) -> list[str]:
    """Stop the stack's supervisor and everything an earlier one left; returns the names of what ran."""
    processes = Processes(layout)
    running = [record.name for record in processes.records() if record.identity.is_alive()]
    supervisor = find_supervisor(layout)
    if supervisor is not None:
        supervisor.send(signal.SIGTERM)
        supervisor.wait_for_end(120)
    processes.stop_all()
    layout.description.unlink(missing_ok=True)
    return running
