"""What commands print: tables whose ids are never cut, JSON for machines; errors and targets on standard error."""

from shutil import get_terminal_size
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

console = Console(highlight=False, soft_wrap=True)
errors = Console(highlight=False, soft_wrap=True, stderr=True)

Json = Annotated[bool, typer.Option("--json", help="En JSON, pour une machine / as JSON, for a machine")]

_ANY_WIDTH = 10_000


def print_table(table: Table) -> None:
    """Print a table as wide as the terminal, or wider if its longest words need it."""
    options = console.options.update(width=_ANY_WIDTH)
    for column in table.columns:
        # Of themselves columns get narrower than their longest word.
        cells = [column.header, *column.cells]
        column.min_width = max(console.measure(cell, options=options).minimum for cell in cells)
    needed = console.measure(table, options=options).minimum
    # As wide as the terminal is now: a console keeps the width that it had when it was made.
    width = max(get_terminal_size().columns, needed)
    Console(highlight=False, soft_wrap=True, width=width).print(table)


def print_json(answer: object) -> None:
    """Print an answer as one JSON object with every key; the keys of contracts, and those given here, only grow."""
    typer.echo(msgspec.json.format(msgspec.json.encode(_complete(answer))))


def _complete(value: object) -> object:
    """The same, with the fields that messages leave out where they have their default."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        return {field.encode_name: _complete(getattr(value, field.name)) for field in fields}
    if isinstance(value, dict):
        return {key: _complete(content) for key, content in value.items()}
    return [_complete(item) for item in value] if isinstance(value, list | tuple) else value
