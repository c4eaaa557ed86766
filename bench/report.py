"""Result of a run: the printed table of works, floors and promises, and the stored JSON."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.load import Figures
from deploy.dev.paths import CHECKOUT

RESULTS = Path(__file__).parent / "results"


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One measured work. `floor_p50` in ms; `cpu`: processor ms a request, by process."""

    work: str
    figures: Figures
    floor: str = ""
    floor_p50: float = 0.0
    floor_rate: float = 0.0
    promise: str = ""
    kept: bool | None = None
    cpu: dict[str, float] = {}

    @property
    def ratio(self) -> float:
        """p50 over the floor's p50; 0 without a floor."""
        return self.figures.p50 / self.floor_p50 if self.floor_p50 else 0.0


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    at: datetime
    commit: str
    machine: dict[str, str]
    lines: list[ReportRow]
    memory_mb: dict[str, float]


def finish(lines: list[ReportRow], memory_mb: dict[str, float]) -> Run:
    """The run with its time, commit and machine."""
    return Run(
        at=datetime.now(UTC),
        commit=commit_of(CHECKOUT),
        machine=here(),
        lines=lines,
        memory_mb=memory_mb,
    )


def commit_of(checkout: Path) -> str:
    """Short commit of a checkout, with a suffix if it has uncommitted changes."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    return described.stdout.strip() or "unknown"


def keep(run: msgspec.Struct, at: datetime, name: str) -> Path:
    """Write a run under bench/results."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{at:%Y%m%dT%H%M%SZ}-{name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(run)))
    return path


def show(run: Run, console: Console) -> None:
    table = Table("work", "clients", "p50 ms", "p95 ms", "/s", "floor p50", "floor /s", "x floor", "promise", "kept")
    for line in run.lines:
        figures = line.figures
        table.add_row(
            line.work,
            str(figures.clients),
            f"{figures.p50:.2f}",
            f"{figures.p95:.2f}",
            f"{figures.rate:.0f}",
            f"{line.floor_p50:.2f}" if line.floor_p50 else "",
            f"{line.floor_rate:.0f}" if line.floor_rate else "",
            f"{line.ratio:.1f}" if line.ratio else "",
            line.promise,
            {True: "yes", False: "NO", None: ""}[line.kept],
        )
    console.print(table)
    console.print(_processors(run))
    console.print(", ".join(f"{name} {size:.0f} MB" for name, size in sorted(run.memory_mb.items())))


def _processors(run: Run) -> Table:
    table = Table("work", "clients", "processor ms a request, by process")
    for line in run.lines:
        by_process = sorted(line.cpu.items(), key=lambda item: -item[1])
        text = ", ".join(f"{name} {cpu_ms:.2f}" for name, cpu_ms in by_process if cpu_ms >= 0.01)
        table.add_row(line.work, str(line.figures.clients), text)
    return table


def here() -> dict[str, str]:
    """Processor and cores of this machine."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown",
    )
    return {"processor": model, "cores": str(os.cpu_count())}
