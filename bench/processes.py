"""The processor time and memory of each process of the stack while something is measured."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil

from deploy.dev.processes import Processes


@dataclass
class Spent:
    """Per part: processor milliseconds, and resident memory in MB at the end."""

    cpu_ms: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)


@contextlib.contextmanager
def watched(processes: Processes) -> Iterator[Spent]:
    """Fill in what every process of the stack spent inside the block; children count for their parent."""
    spent = Spent()
    before = _cpu(processes)
    yield spent
    for name, seconds in _cpu(processes).items():
        spent.cpu_ms[name] = round((seconds - before.get(name, 0.0)) * 1000, 1)
    spent.memory_mb.update(_memory(processes))


def _cpu(processes: Processes) -> dict[str, float]:
    return {name: sum(map(_seconds, family)) for name, family in _families(processes).items()}


def _memory(processes: Processes) -> dict[str, float]:
    return {name: round(max(map(_resident, family)) / 1e6, 1) for name, family in _families(processes).items()}


def _seconds(process: psutil.Process) -> float:
    """Of the processor; none where it has ended since, as workers of a database do."""
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def _resident(process: psutil.Process) -> int:
    """Bytes; none where it has ended since."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return int(process.memory_info().rss)
    return 0


def _families(processes: Processes) -> dict[str, list[psutil.Process]]:
    families = {}
    for record in processes.records():
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(record.pid)
            families[record.name] = [parent, *parent.children(recursive=True)]
    return families
