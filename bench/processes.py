"""The processor time and memory of each process of the stack while something is measured."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import psutil

Pids = Callable[[], Mapping[str, int]]
"""Part -> its process, as it is now."""


@dataclass
class Spent:
    """Per part: processor milliseconds, and resident memory in MB at the end."""

    cpu_ms: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)


@contextlib.contextmanager
def watched(pids: Pids) -> Iterator[Spent]:
    """Fill in what every process of the stack spent inside the block; children count for their parent."""
    spent = Spent()
    before = _cpu(pids)
    yield spent
    for name, seconds in _cpu(pids).items():
        spent.cpu_ms[name] = round((seconds - before.get(name, 0.0)) * 1000, 1)
    spent.memory_mb.update(_memory(pids))


def _cpu(pids: Pids) -> dict[str, float]:
    return {name: sum(map(_seconds, family)) for name, family in _families(pids).items()}


def _memory(pids: Pids) -> dict[str, float]:
    return {name: round(max(map(_resident, family)) / 1e6, 1) for name, family in _families(pids).items()}


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


def _families(pids: Pids) -> dict[str, list[psutil.Process]]:
    families = {}
    for name, pid in pids().items():
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(pid)
            families[name] = [parent, *parent.children(recursive=True)]
    return families
