"""Memory of a process in KiB: what is resident, and the peak, which psutil does not give."""

from pathlib import Path

import psutil


def resident_kib(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss) // 1024


def reset_peak(pid: int) -> None:
    """Let `peak_kib` count from now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
