"""`carnet directory`: import the public extracts of the Annuaire Santé."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg2
import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import DBAPIError

from cli.output import console
from cli.stack import exit_on_error
from cli.target import database_of
from deploy.dev.errors import StackError
from services.identity.extract_import import (
    ImportResult,
    ImportUnderWay,
    ProgressCallback,
    TooManyRetired,
    import_extract,
)
from services.identity.extracts import (
    Extract,
    ExtractKind,
    NotAnExtract,
    RejectedLines,
    RejectReason,
    count_rejected,
    open_extract,
)
from services.identity.repositories.extracts import ExtractCounts, import_transaction

app = typer.Typer(no_args_is_help=True)

Files = Annotated[
    list[Path],
    typer.Argument(exists=True, dir_okay=False, help="PS_LibreAcces_*.txt, décompressés / unzipped", metavar="FILE"),
]
Delta = Annotated[bool, typer.Option("--delta", help="Ajoute et change, ne retire personne / adds and changes only")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Compte, ne garde rien / counts, keeps nothing")]
YesRetire = Annotated[bool, typer.Option("--yes-retire", help="Même plus de 5 % de retirés / even above 5 % retired")]
Database = Annotated[str, typer.Option(help="URL de la base identity / of identity's database")]

_REASON_LABELS: Mapping[RejectReason, str] = {
    RejectReason.IDENTIFIER: "identifiant non RPPS / identifier other than RPPS",
    RejectReason.STUDENT: "étudiant / student",
    RejectReason.RPPS: "numéro RPPS faux / wrong RPPS number",
    RejectReason.PROFESSION: "profession inconnue / unknown profession",
    RejectReason.ENCODING: "caractères illisibles / unreadable characters",
    RejectReason.FIELDS: "nombre de champs / number of fields",
    RejectReason.NAME: "sans nom / no name",
    RejectReason.FINESS: "numéro FINESS faux / wrong FINESS number",
}


@app.callback()
def directory() -> None:
    """Annuaire des professionnels. / Directory of professionals."""


@app.command("import")
def import_(
    files: Files,
    delta: Delta = False,
    dry_run: DryRun = False,
    yes_retire: YesRetire = False,
    database: Database = "",
) -> None:
    """Reprend l'extraction publique de l'Annuaire Santé. / Import the public extract of the Annuaire Santé.

    Chaque fichier est repris en entier ou pas du tout. / Each file is imported whole or not at all.
    """
    with _exit_on_error(), ExitStack() as stack:
        url = database_of("identity", database)
        # All files are checked before the first is imported.
        extracts = [stack.enter_context(open_extract(file)) for file in files]
        for extract in _in_order(extracts, delta=delta):
            with _progress(extract) as on_progress, import_transaction(url, keep=not dry_run) as repository:
                now = datetime.now(UTC)
                result = import_extract(
                    extract, repository, now=now, delta=delta, may_retire=yes_retire, on_progress=on_progress
                )
            _print_result(extract, result)
    if dry_run:
        console.print("Essai : rien n'est gardé / Dry run: nothing is kept")


def _in_order(extracts: Sequence[Extract], *, delta: bool) -> list[Extract]:
    """Activities first: specialties can only be added to people who exist."""
    activities = [extract for extract in extracts if extract.kind is ExtractKind.ACTIVITIES]
    if len(activities) > 1 and not delta:
        raise StackError(
            "deux extractions complètes se contredisent, une seule à la fois"
            " / two whole extracts contradict each other, one at a time: --delta"
        )
    return activities + [extract for extract in extracts if extract.kind is ExtractKind.SKILLS]


@contextmanager
def _exit_on_error() -> Iterator[None]:
    """Within, an import error ends the command with its reason and exit code 1."""
    with exit_on_error():
        try:
            yield
        except NotAnExtract as error:
            raise StackError(
                f"{error.path} : pas une extraction de l'Annuaire Santé, colonnes absentes"
                f" / not an extract of the Annuaire Santé, columns missing: {', '.join(error.missing)}"
            ) from None
        except TooManyRetired as error:
            raise StackError(_too_many_retired(error.counts)) from None
        except ImportUnderWay:
            raise StackError("une autre reprise est en cours / another import is under way") from None
        except OSError as error:
            raise StackError(f"fichier illisible / this file does not read: {error}") from None
        except (DBAPIError, psycopg2.Error) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise StackError(f"base identity / identity's database: {reason}") from None


@contextmanager
def _progress(extract: Extract) -> Iterator[ProgressCallback]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Lecture / Reading", total=extract.size)

        def on_progress(done: int, size: int) -> None:
            if done < size:
                progress.update(task, completed=done)
            else:
                progress.update(task, completed=done, total=None, description="Mise à jour / Updating")

        yield on_progress


def _print_result(extract: Extract, result: ImportResult) -> None:
    lines, rejected = extract.lines, count_rejected(extract.rejected)
    console.print(
        f"[green]✓[/] {escape(extract.path.name)} : {lines} lignes, {rejected} écartées / lines, left out:"
        f" {lines}, {rejected}"
    )
    console.print(
        f"  Professionnels nouveaux, changés, retirés / Professionals new, changed, retired:"
        f" {result.new}, {result.changed}, {result.gone}"
    )
    if result.counts is not None:
        _print_people(result.counts)
    _print_rejected(extract.rejected)


def _print_people(counts: ExtractCounts) -> None:
    for count, words in (
        (counts.placeless, "sans structure à numéro FINESS, ne se connectent pas / no FINESS number, cannot log in"),
        (counts.several, "à plusieurs professions, la première retenue / several professions, the first is kept"),
        (counts.broken, "inchangés, une de leurs lignes est illisible / left alone, a line of theirs does not read"),
    ):
        if count:
            console.print(f"  {count} {words}")


def _print_rejected(refused: Mapping[RejectReason, RejectedLines]) -> None:
    for reason in RejectReason:
        if rejected := refused.get(reason):
            first = ", ".join(map(str, rejected.first))
            more = "…" if rejected.count > len(rejected.first) else ""
            console.print(f"  {rejected.count} {_REASON_LABELS[reason]} : lignes / lines {first}{more}")


def _too_many_retired(counts: ExtractCounts) -> str:
    return (
        f"{counts.left_out} des {counts.known} professionnels connus ne sont plus dans cette extraction, rien n'est"
        f" changé / {counts.left_out} of {counts.known} known professionals are no longer in this extract, nothing"
        " is changed: --yes-retire"
    )
