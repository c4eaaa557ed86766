"""Processor time and memory of each process of the stack during a measurement."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import psutil

Pids = Callable[[], Mapping[str, int]]
"""-> part -> current pid."""


@dataclass
class ResourceUsage:
    """Per part: processor time in ms, and resident memory in MB at the end."""

    cpu_ms: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)


@contextlib.contextmanager
def resources_used(pids: Pids) -> Iterator[ResourceUsage]:
    """Usage of every process during the block; children are added to their parent."""
    usage = ResourceUsage()
    before = _cpu(pids)
    yield usage
    for name, seconds in _cpu(pids).items():
        usage.cpu_ms[name] = round((seconds - before.get(name, 0.0)) * 1000, 1)
    usage.memory_mb.update(_memory(pids))


def _cpu(pids: Pids) -> dict[str, float]:
    return {name: sum(map(_seconds, family)) for name, family in _families(pids).items()}


def _memory(pids: Pids) -> dict[str, float]:
    return {name: round(max(map(_resident, family)) / 1e6, 1) for name, family in _families(pids).items()}


def _seconds(process: psutil.Process) -> float:
    """Processor time; 0 for a process that ended, as database workers do."""
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def _resident(process: psutil.Process) -> int:
    """Bytes; 0 for a process that ended."""
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
