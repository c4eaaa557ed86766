"""`carnet documents`: rotate the master key of contents, verify stored contents."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from chassis.settings import SettingsError
from cli.documents_sources import content_bucket, key_keeper
from cli.operator import attest
from cli.output import console, print_table
from cli.stack import exit_on_error
from cli.target import database_of
from contracts.errors.base import Refusal
from contracts.vocabulary import Act
from deploy.dev.errors import StackError
from services.documents.progress import ProgressCallback
from services.documents.repositories.inventory import open_inventory
from services.documents.rotation import Rotation, RotationReport
from services.documents.verification import Finding, VerificationReport, verify_contents
from translations.refusals import refusal_text

app = typer.Typer(no_args_is_help=True, help="Contenu des documents. / Content of documents.")

Database = Annotated[str, typer.Option(help="URL de la base documents / of documents' database")]
Sample = Annotated[int, typer.Option(min=1, metavar="N", help="Tirés au sort / drawn by lot")]
Everything = Annotated[bool, typer.Option("--all", help="Tous les contenus / all content")]

_SAMPLE = 1_000


@app.command()
def rotate(database: Database = "") -> None:
    """Rechiffre les clés sous la clé active, à deux exploitants. / Wrap keys under the active master key.

    Deux exploitants l'appellent / two operators call it. Code 1 s'il en reste / if any stay.
    """
    with (
        _errors_printed(),
        open_inventory(database_of("documents", database)) as inventory,
        _progress("Clés / Keys") as show,
    ):
        keeper = key_keeper()
        attest(Act.ROTATION_CLES, keeper.active)
        report = Rotation(inventory, keeper, show).run()
    _print_rotation(report)
    raise typer.Exit(1 if report.left or report.damaged else 0)


@app.command()
def verify(sample: Sample = _SAMPLE, everything: Everything = False, database: Database = "") -> None:
    """Relit et vérifie des contenus. / Read content again and check it; exit code 1 if some is damaged or missing."""
    with (
        _errors_printed(),
        open_inventory(database_of("documents", database)) as inventory,
        _progress("Contenus / Contents") as show,
    ):
        count = None if everything else sample
        report = verify_contents(inventory, content_bucket(), key_keeper(), show, sample=count)
    _print_verification(report)
    raise typer.Exit(1 if report.findings else 0)


@contextmanager
def _errors_printed() -> Iterator[None]:
    """Settings, refusals and databases at fault end the command with a message and exit code 1."""
    with exit_on_error():
        try:
            yield
        except SettingsError as error:
            raise StackError(f"réglages / settings: {error}") from None
        except Refusal as refusal:
            raise StackError(f"{refusal_text(refusal, 'fr')} / {refusal_text(refusal, 'en')}") from None
        except DBAPIError as error:
            raise StackError(f"base documents / documents' database: {error.orig}") from None


@contextmanager
def _progress(label: str) -> Iterator[ProgressCallback]:
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("")
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _print_rotation(report: RotationReport) -> None:
    console.print(f"{_mark(not report.left)} {report.rewrapped} clés rechiffrées / keys wrapped anew")
    for key_id, count in sorted(report.generations.items()):
        active = ", active" if key_id == report.active else ""
        console.print(f"  {escape(key_id)}: {count} clés / keys{active}")
    for content_id in report.damaged:
        console.print(f"  [red]illisible / does not open[/]: {content_id}")


def _print_verification(report: VerificationReport) -> None:
    count, size, flaws = report.contents, report.size, len(report.findings)
    console.print(
        f"{_mark(not flaws)} {count} contenus relus, {size} octets, {flaws} en défaut"
        f" / contents read, bytes, at fault: {count}, {size}, {flaws}"
    )
    if report.findings:
        print_table(_table_of(report.findings))


def _table_of(findings: Sequence[Finding]) -> Table:
    table = Table("Contenu / Content", "Objet / Object", "Défaut / Flaw")
    for finding in findings:
        table.add_row(str(finding.content_id), finding.object_key, finding.flaw)
    return table


def _mark(is_good: bool) -> str:
    return "[green]✓[/]" if is_good else "[red]✗[/]"
