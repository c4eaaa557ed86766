"""`carnet documents`: wrap the keys of content under a new master key, read content again and check it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from chassis.settings import SettingsError
from cli.documents_sources import content_bucket, documents_database, key_keeper
from cli.stack import console, refusals_told
from contracts.errors import Refusal
from deploy.dev.errors import StackError
from services.documents.handlers.inspection import Finding, InspectionReport, inspect
from services.documents.handlers.rotation import Rotated, Rotation
from services.documents.repositories.inventory import inventory

app = typer.Typer(no_args_is_help=True, help="Contenu des documents. / Content of documents.")

Database = Annotated[str, typer.Option(help="URL de la base documents / of documents' database")]
Sample = Annotated[int, typer.Option(min=1, metavar="N", help="Tirés au sort / drawn by lot")]
Everything = Annotated[bool, typer.Option("--all", help="Tous les contenus / all content")]

_DRAWN = 1_000


@app.command()
def rotate(database: Database = "") -> None:
    """Rechiffre les clés sous la clé active. / Wrap keys under the active master key; code 1 if any stay."""
    with _told(), inventory(documents_database(database)) as contents, _progress("Clés / Keys") as told:
        found = Rotation(contents, key_keeper(), told).run()
    _tell_rotated(found)
    raise typer.Exit(1 if found.left or found.damaged else 0)


@app.command()
def verify(sample: Sample = _DRAWN, everything: Everything = False, database: Database = "") -> None:
    """Relit et vérifie des contenus. / Read content again and check it; exit code 1 if some is damaged or missing."""
    with _told(), inventory(documents_database(database)) as contents, _progress("Contenus / Contents") as told:
        count = None if everything else sample
        found = inspect(contents, content_bucket(), key_keeper(), told, sample=count)
    _tell_inspected(found)
    raise typer.Exit(1 if found.findings else 0)


@contextmanager
def _told() -> Iterator[None]:
    """Whatever is wrong, or cannot be done, ends the command with a reason and exit code 1."""
    with refusals_told():
        try:
            yield
        except SettingsError as error:
            raise StackError(f"réglages / settings: {error}") from None
        except Refusal as refusal:
            raise StackError(f"{refusal.text('fr')} / {refusal.text('en')}") from None
        except DBAPIError as error:
            raise StackError(f"base documents / documents' database: {error.orig}") from None


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("")
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _tell_rotated(found: Rotated) -> None:
    console.print(f"{_mark(not found.left)} {found.rewrapped} clés rechiffrées / keys wrapped anew")
    for key_id, count in sorted(found.generations.items()):
        active = ", active" if key_id == found.active else ""
        console.print(f"  {escape(key_id)}: {count} clés / keys{active}")
    for content_id in found.damaged:
        console.print(f"  [red]illisible / does not open[/]: {content_id}")


def _tell_inspected(found: InspectionReport) -> None:
    console.print(
        f"{_mark(not found.findings)} {found.contents} contenus relus, {found.size} octets, {len(found.findings)} en"
        f" défaut / contents read, bytes, at fault: {found.contents}, {found.size}, {len(found.findings)}"
    )
    if found.findings:
        console.print(_table_of(found.findings))


def _table_of(findings: Sequence[Finding]) -> Table:
    table = Table("Contenu / Content", "Objet / Object", "Défaut / Flaw")
    for one in findings:
        table.add_row(str(one.content_id), one.object_key, one.flaw)
    return table


def _mark(is_good: bool) -> str:
    return "[green]✓[/]" if is_good else "[red]✗[/]"
