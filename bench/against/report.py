"""What a comparison found: its table, and what is kept of it."""

from datetime import datetime

import msgspec
from rich.console import Console
from rich.table import Table

from bench.against.comparison import MEASURES, Line, compared


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One run; `this` and `other` are commits."""

    at: datetime
    this: str
    other: str
    machine: dict[str, str]
    seconds: float
    lines: list[Line]


def show(found: Comparison, console: Console) -> None:
    """Print the medians of both sides, the ratio, between what it lies, and what that says."""
    table = Table("work", "clients", "measure", found.this, found.other, "ratio", "between", f"{found.this} is")
    for line in found.lines:
        for measure in MEASURES:
            row = compared(line, measure)
            table.add_row(
                line.work,
                str(line.clients),
                row.measure,
                f"{row.this:.2f}",
                f"{row.other:.2f}",
                f"{row.ratio:.3f}",
                f"{row.low:.3f} .. {row.high:.3f}",
                row.verdict,
            )
    console.print(table)
