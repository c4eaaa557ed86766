"""Processes of one stack: started in their own groups, recorded on disk, awaited, stopped."""

import contextlib
import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.dev.errors import Cancelled, PartFailed
from deploy.dev.paths import CHECKOUT, Layout, write_private
from deploy.dev.pids import ProcessIdentity, descendants_of, identify

_LAST_LINES = 12


@dataclass(frozen=True)
class Command:
    """How one process is run and stopped."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    rank: int = 0
    """Higher ranks are stopped first."""
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 30.0
    """Seconds between the stop signal and SIGKILL."""
    directory: Path = CHECKOUT


@dataclass(frozen=True)
class ProcessRecord:
    """What is stored about a started process, so that another supervisor can stop it."""

    name: str
    pid: int
    birth: str
    rank: int
    stop_signal: int
    patience: float

    @property
    def identity(self) -> ProcessIdentity:
        return ProcessIdentity(self.pid, self.birth)


@dataclass
class Processes:
    """Starts and stops the processes recorded under one root; thread-safe."""

    layout: Layout
    cancelled: threading.Event = field(default_factory=threading.Event)
    """When set, every start and wait of this object raises Cancelled."""
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, command: Command) -> None:
        """Start a process with exactly this environment; its output goes to its log."""
        self._check_not_cancelled()
        log = self.layout.log_of(command.name)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("wb") as output:
            child = subprocess.Popen(
                command.arguments,
                env=dict(command.environment),
                cwd=command.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children[command.name] = child
        self._write_record(command, identify(child.pid))

    def run(self, command: Command, seconds: float = 120.0) -> None:
        """Run a process to its end; PartFailed if it fails or exceeds `seconds`."""
        self.start(command)
        child = self._children[command.name]
        self._wait(command.name, lambda: child.poll() is not None, seconds)
        if child.returncode != 0:
            raise self._failure(command.name, f"ended with code {child.returncode}")
        self._forget(command.name)

    def wait_until(self, name: str, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait until a started process is ready; PartFailed if it ends or exceeds `seconds`."""
        self._wait(name, lambda: self._is_running(name) and is_ready(), seconds)

    def stop(self, name: str) -> None:
        """Stop a process if it is running."""
        self._stop_together([record for record in self.records() if record.name == name])

    def stop_all(self) -> list[str]:
        """Stop every recorded process by descending rank; returns the names of those that ran."""
        stopped = []
        records = self.records()
        for rank in sorted({record.rank for record in records}, reverse=True):
            stopped += self._stop_together([record for record in records if record.rank == rank])
        return stopped

    def kill(self, name: str) -> None:
        """Kill a process and its descendants at once, as a machine crash would."""
        for record in self.records():
            if record.name == name:
                # Stopped first, so that it cannot start children meanwhile.
                record.identity.send(signal.SIGSTOP)
                members = [record.identity, *descendants_of(record.identity)]
                for member in members:
                    member.send(signal.SIGKILL)
                for member in members:
                    member.wait_for_end(5)
                self._forget(name)

    def ended(self) -> dict[str, int]:
        """Exit codes of own processes that ended without being stopped; each is returned once."""
        found = {name: child.returncode for name, child in self._children.items() if child.poll() is not None}
        for name in found:
            self._forget(name)
        return found

    def records(self) -> list[ProcessRecord]:
        """All records, of running processes or not."""
        found = []
        for file in sorted(self.layout.run.glob("*.json")):
            with contextlib.suppress(FileNotFoundError):
                found.append(ProcessRecord(**json.loads(file.read_text())))
        return found

    def last_lines(self, name: str) -> str:
        """Last lines of a process's log."""
        log = self.layout.log_of(name)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return "\n".join(lines[-_LAST_LINES:])

    def _stop_together(self, records: list[ProcessRecord]) -> list[str]:
        alive = [record for record in records if record.identity.is_alive()]
        descendants = {record.name: descendants_of(record.identity) for record in alive}
        for record in alive:
            record.identity.send(signal.Signals(record.stop_signal))
        for record in alive:
            record.identity.wait_for_end(record.patience)
            for member in (record.identity, *descendants[record.name]):
                member.send(signal.SIGKILL)
                member.wait_for_end(5)
        for record in records:
            self._forget(record.name)
        return [record.name for record in alive]

    def _is_running(self, name: str) -> bool:
        return name in self._children and self._children[name].poll() is None

    def _wait(self, name: str, condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            self._check_not_cancelled()
            if not self._is_running(name):
                # It may have ended since the first check, as a run-once process should.
                if condition():
                    return
                raise self._failure(name, f"ended with code {self._children[name].returncode}")
            if time.monotonic() > deadline:
                raise self._failure(name, f"was not ready after {seconds:.0f} s")
            self.cancelled.wait(0.05)

    def _failure(self, name: str, what: str) -> PartFailed:
        log = self.layout.log_of(name)
        return PartFailed(f"{name} {what}; the end of {log}:\n{self.last_lines(name)}")

    def _check_not_cancelled(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled("the start was given up")

    def _write_record(self, command: Command, identity: ProcessIdentity) -> None:
        record = ProcessRecord(
            name=command.name,
            pid=identity.pid,
            birth=identity.birth,
            rank=command.rank,
            stop_signal=int(command.stop_signal),
            patience=command.patience,
        )
        write_private(self._record_of(command.name), json.dumps(asdict(record)).encode())

    def _forget(self, name: str) -> None:
        self._record_of(name).unlink(missing_ok=True)
        child = self._children.pop(name, None)
        if child is not None:
            child.wait()

    def _record_of(self, name: str) -> Path:
        return self.layout.run / f"{name}.json"
