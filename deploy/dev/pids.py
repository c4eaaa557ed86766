"""Processes identified by pid and start time, so that a recycled pid is not mistaken for the old process."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class ProcessIdentity:
    """`birth`: id of the machine's boot, and start time in clock ticks since then."""

    pid: int
    birth: str

    def is_alive(self) -> bool:
        """False for zombies."""
        found = _read_stat(self.pid)
        return found is not None and found.birth == self.birth and found.state not in "ZX"

    def send(self, number: signal.Signals) -> None:
        """Send a signal if the process is alive."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def wait_for_end(self, seconds: float) -> bool:
        """Whether the process ended within `seconds`."""
        deadline = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True


@dataclass(frozen=True)
class _Stat:
    birth: str
    state: str
    parent: int
    group: int


def identify(pid: int) -> ProcessIdentity:
    """The process with this pid, maybe a zombie; raises ProcessLookupError."""
    found = _read_stat(pid)
    if found is None:
        raise ProcessLookupError(pid)
    return ProcessIdentity(pid, found.birth)


def descendants_of(leader: ProcessIdentity) -> list[ProcessIdentity]:
    """Descendants of a living process and members of its process group, without itself.

    Neither set is enough: PostgreSQL's sessions lead their own groups, and orphans are re-parented.
    """
    if not leader.is_alive():
        return []
    found = {pid: stat for pid in _all_pids() if (stat := _read_stat(pid)) is not None}
    found_pids = {leader.pid}
    size = 0
    while size != len(found_pids):
        size = len(found_pids)
        found_pids |= {pid for pid, stat in found.items() if stat.parent in found_pids or stat.group == leader.pid}
    return [ProcessIdentity(pid, found[pid].birth) for pid in found_pids - {leader.pid}]


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _read_stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command's name, in parentheses, may contain spaces; fields 3, 4, 5 ... of proc(5) follow it.
    fields = text.rpartition(")")[2].split()
    birth = f"{_BOOT.read_text().strip()}:{fields[19]}"
    return _Stat(birth=birth, state=fields[0], parent=int(fields[1]), group=int(fields[2]))
