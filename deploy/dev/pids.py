"""Processes told apart by pid and birth, so that a recycled pid is never taken for the one that had it."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class ProcessIdentity:
    """One process for ever: its pid, and when it was born (boot of the machine and clock ticks since)."""

    pid: int
    birth: str

    def is_alive(self) -> bool:
        """Whether it still runs; a zombie does not."""
        found = _read_stat(self.pid)
        return found is not None and found.birth == self.birth and found.state not in "ZX"

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def wait_for_end(self, seconds: float) -> bool:
        """Whether it ended within that time."""
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
    """The process that has this pid now (it may be a zombie); ProcessLookupError when there is none."""
    found = _read_stat(pid)
    if found is None:
        raise ProcessLookupError(pid)
    return ProcessIdentity(pid, found.birth)


def family_of(leader: ProcessIdentity) -> list[ProcessIdentity]:
    """What a living process has started, and what those have, and its process group; without itself.

    Both, for either alone misses somebody: PostgreSQL's sessions lead groups of their own, and who has lost its
    parent is nobody's child any more.
    """
    if not leader.is_alive():
        return []
    found = {pid: stat for pid in _all_pids() if (stat := _read_stat(pid)) is not None}
    family = {leader.pid}
    size = 0
    while size != len(family):
        size = len(family)
        family |= {pid for pid, stat in found.items() if stat.parent in family or stat.group == leader.pid}
    return [ProcessIdentity(pid, found[pid].birth) for pid in family - {leader.pid}]


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _read_stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command's name, in parentheses, may hold anything; what follows are fields 3, 4, 5 ... of proc(5).
    fields = text.rpartition(")")[2].split()
    birth = f"{_BOOT.read_text().strip()}:{fields[19]}"
    return _Stat(birth=birth, state=fields[0], parent=int(fields[1]), group=int(fields[2]))
