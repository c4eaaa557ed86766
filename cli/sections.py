"""`carnet sections`: show, compare and load the filing plan, which maps documents to sections."""

import json
from collections.abc import Iterable
from pathlib import Path
from time import sleep
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.operator import Yes, operator_client, text_of
from cli.output import Json, console, print_json, print_table
from cli.stack import exit_on_error
from contracts.codes.documents import document_types
from contracts.records.filing import FilingDiff, FilingMove, FilingShown

app = typer.Typer(no_args_is_help=True, help="Plan de classement par section. / Filing plan by section.")

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="Un plan, en JSON / a plan, as JSON", metavar="FILE"),
]
Wait = Annotated[bool, typer.Option(help="Suivre le reclassement jusqu'au bout / follow refiling to its end")]

_LOOK_SECONDS = 1.0


@app.command()
def show(as_json: Json = False) -> None:
    """Le plan en vigueur, et ce qui reste à reclasser. / The plan in force, and what is still to be refiled."""
    with exit_on_error():
        plan = _shown()
    if as_json:
        print_json(plan)
        return
    since = "intégré / built in" if plan.loaded_at is None else f"{plan.loaded_at:%Y-%m-%d %H:%M} UTC"
    console.print(f"{escape(plan.version)} ({since}) ; à reclasser / to refile: {plan.to_refile}")
    console.print_json(json.dumps(json.loads(plan.text)))


@app.command()
def diff(file: File) -> None:
    """Ce qu'un plan changerait ; rien n'est chargé. / What a plan would change; nothing is loaded."""
    with exit_on_error():
        _print_diff(_send(text_of(file), load=False))


@app.command()
def load(file: File, yes: Yes = False, wait: Wait = True) -> None:
    """Charge un plan, après avoir montré ce qu'il change. / Load a plan, once its changes were shown."""
    with exit_on_error():
        text = text_of(file)
        shown = _send(text, load=False)
        _print_diff(shown)
        if not yes:
            typer.confirm(f"Charger / Load {shown.version} ?", abort=True)
        _send(text, load=True)
        console.print(f"[green]✓[/] Chargé / Loaded: {escape(shown.version)}")
        if wait:
            _follow()


@app.command()
def follow() -> None:
    """Suit le reclassement en cours jusqu'au bout. / Follow refiling under way to its end."""
    with exit_on_error():
        _follow()


def _follow() -> None:
    """Print progress until no document is left to refile; refiling itself does not depend on it."""
    left = _shown().to_refile
    columns = (TextColumn("Reclassement / Refiling"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=left)
        most = left
        while left:
            sleep(_LOOK_SECONDS)
            left = _shown().to_refile
            # Deposits in progress may still be filed by the previous plan for a few seconds.
            most = max(most, left)
            progress.update(task, total=most, completed=most - left)
    console.print("[green]✓[/] Tout est classé / All is filed")


def _shown() -> FilingShown:
    return operator_client().filing_plan()


def _send(text: str, *, load: bool) -> FilingDiff:
    return operator_client().load_filing_plan(text, load=load)


def _print_diff(diff: FilingDiff) -> None:
    console.print(f"{escape(diff.version)}, remplace / replaces {escape(diff.against)}")
    if diff.moves:
        print_table(_table_of(diff.moves))
    else:
        console.print("Rien ne change de section / Nothing changes its section.")


def _table_of(moves: Iterable[FilingMove]) -> Table:
    shown = Table("Type", "Auteur\nAuthor", "De\nFrom", "Vers\nTo")
    known = document_types()
    for move in moves:
        label = f"{move.type_code} {known[move.type_code].fr if move.type_code in known else '?'}"
        shown.add_row(escape(label), move.author, move.before, move.after)
    return shown
