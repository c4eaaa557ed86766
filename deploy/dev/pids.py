"""Processes identified by pid and start time, so that a recycled pid is not mistaken for the old process."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class ProcessIdentity:
    """`birth`: id of the machine's boot, and start time in clock ticks since then."""

    pid: int
    birth: str

    def find(self) -> psutil.Process | None:
        """The process; None if it has ended, even as a zombie."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            has_ended = process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
            return None if has_ended or _birth_of(process) != self.birth else process
        return None

    def is_alive(self) -> bool:
        """False for zombies."""
        return self.find() is not None

    def send(self, number: signal.Signals) -> None:
        """Send a signal if the process is alive."""
        process = self.find()
        if process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def wait_for_end(self, seconds: float) -> bool:
        """Whether the process ended within `seconds`; its exit code is left to its parent, unlike psutil's wait."""
        deadline = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True


def identify(pid: int) -> ProcessIdentity:
    """The process with this pid, maybe a zombie; raises psutil.NoSuchProcess."""
    return _identity_of(psutil.Process(pid))


def descendants_of(leader: ProcessIdentity) -> list[ProcessIdentity]:
    """Descendants of a living process and members of its process group, without itself.

    Neither set is enough: PostgreSQL's sessions lead their own groups, and orphans are re-parented.
    """
    process = leader.find()
    if process is None:
        return []
    family = set[psutil.Process]()
    for member in (process, *_group_of(process)):
        family.add(member)
        with contextlib.suppress(psutil.NoSuchProcess):
            family.update(member.children(recursive=True))
    return [_identity_of(member) for member in family - {process}]


def _group_of(leader: psutil.Process) -> Iterator[psutil.Process]:
    """Members of the process group that this process leads; psutil knows no groups."""
    for pid in psutil.pids():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            member = psutil.Process(pid)
            if os.getpgid(pid) == leader.pid:
                yield member


def _identity_of(process: psutil.Process) -> ProcessIdentity:
    return ProcessIdentity(process.pid, _birth_of(process))


def _birth_of(process: psutil.Process) -> str:
    # psutil adds the time of the boot, which moves when the clock is set.
    seconds = process.create_time() - psutil.boot_time()
    return f"{_BOOT.read_text().strip()}:{round(seconds * _TICKS_A_SECOND)}"
