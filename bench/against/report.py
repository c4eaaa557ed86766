"""Result of a comparison: the printed table and the stored JSON."""

from datetime import datetime

import msgspec
from rich.console import Console
from rich.table import Table

from bench.against.comparison import MEASURES, MeasuredWork, compare_measure


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One run; `this` and `other` are commits."""

    at: datetime
    this: str
    other: str
    machine: dict[str, str]
    seconds: float
    lines: list[MeasuredWork]


def show(found: Comparison, console: Console) -> None:
    """Print medians of both sides, ratio, interval and verdict."""
    table = Table("work", "clients", "measure", found.this, found.other, "ratio", "between", f"{found.this} is")
    for work in found.lines:
        for measure in MEASURES:
            row = compare_measure(work, measure)
            table.add_row(
                work.work,
                str(work.clients),
                row.measure,
                f"{row.this:.2f}",
                f"{row.other:.2f}",
                f"{row.ratio:.3f}",
                f"{row.low:.3f} .. {row.high:.3f}",
                row.verdict,
            )
    console.print(table)
