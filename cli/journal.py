"""`carnet journal`: verify, archive, resume and search the journal, and erase identities from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from chassis.settings import load
from cli.journal_sources import journal_archive, outside_note, subject_sealer, verifier_of_heads
from cli.operator import Yes, attest, operator_client
from cli.output import Json, console, print_json, print_table
from cli.stack import exit_on_error
from cli.target import database_of
from contracts.audit import JournalSearchLine, SearchJournal
from contracts.errors.base import Refusal
from contracts.vocabulary import AccessMode, Act, Outcome, PatientId
from deploy.dev.errors import StackError
from services.audit.domain.breaks import Break
from services.audit.domain.faults import Fault
from services.audit.repositories.journal import resumption_transaction
from services.audit.repositories.retention import retention_transaction
from services.audit.repositories.verification import snapshot
from services.audit.resuming import HeadRefused, LinesLost, published_note
from services.audit.resuming import resume as resume_signing
from services.audit.retention import archive_month
from services.audit.settings import ArchiveSettings
from services.audit.verification.inspection import TrustAnchors
from services.audit.verification.verify import OnProgress, VerificationResult, verify_journal, verify_patient
from translations.refusals import refusal_text

app = typer.Typer(no_args_is_help=True, help="Journal des accès. / Journal of accesses.")

Database = Annotated[str, typer.Option(help="URL de la base audit / of audit's database")]
Key = Annotated[str, typer.Option(help="Clé de vérification ou fichier / verifier key or its file")]
Head = Annotated[Path | None, typer.Option(help="Tête gardée ailleurs / a head kept elsewhere")]
Patient = Annotated[UUID | None, typer.Option(metavar="ID")]
Moment = Annotated[datetime | None, typer.Option(help="UTC")]


@app.command()
def verify(patient: Patient = None, head: Head = None, database: Database = "", key: Key = "") -> None:
    """Vérifie tout le journal, ou un patient. / Verify the whole journal, or one patient; exit code 1 if it fails."""
    with _exit_on_error():
        url = database_of("audit", database)
        sealer = subject_sealer(is_own=not database)
        anchors = TrustAnchors(verifier=verifier_of_heads(key), sealer=sealer, outside=outside_note(head))
        with snapshot(url) as store:
            for declared in store.breaks(anchors.verifier.name):
                console.print(_sentence_of(declared))
        archive = journal_archive()
        with _progress() as on_progress, snapshot(url) as store:
            found = (
                verify_journal(store, archive, anchors, on_progress)
                if patient is None
                else verify_patient(store, archive, anchors, on_progress, PatientId(patient))
            )
    _print_result(found, are_names_opened=sealer is not None)


@app.command()
def archive(database: Database = "") -> None:
    """Archive les mois anciens. / Archive the months that are old enough, each verified before it leaves."""
    with _exit_on_error():
        target, months = journal_archive(), load(ArchiveSettings).journal_attached_months
        if target is None:
            raise StackError("aucune archive n'est réglée / no archive is configured: CARNET_ARCHIVE_ENDPOINT")
        url = database_of("audit", database)
        while True:
            with retention_transaction(url) as store:
                month = archive_month(store, target, now=datetime.now(UTC), months=months)
            if month is None:
                break
            console.print(f"Archivé / Archived: {month.month:%Y-%m} → {month.object_key}")
    console.print("Rien d'autre à archiver / Nothing more to archive")


@app.command()
def resume(
    head: Annotated[Path, typer.Option(help="La dernière tête publiée / the last published head")],
    declare_break: Annotated[
        bool, typer.Option("--break", help="Déclarer perdues les lignes absentes / declare missing lines lost")
    ] = False,
    database: Database = "",
    key: Key = "",
    yes: Yes = False,
) -> None:
    """Reprend la signature après une restauration. / Sign again after a restore, from the last published head.

    With --break, two operators: it stays in the journal for ever.
    """
    with _exit_on_error():
        verifier, text, url = verifier_of_heads(key), outside_note(head), database_of("audit", database)
        if declare_break:
            if not yes:
                typer.confirm("Déclarer une rupture, pour toujours / Declare a break, for ever?", abort=True)
            with resumption_transaction(url) as journal:
                published = published_note(journal, verifier, text).head
            attest(Act.RUPTURE_JOURNAL, f"{published.size} {published.root.hex()}")
        with resumption_transaction(url) as journal:
            found = resume_signing(journal, verifier, text, now=datetime.now(UTC), admits_break=declare_break)
    console.print(f"[green]✓[/] Signature reprise / Signing again: {found.size} lignes / lines")
    if found.declared is not None:
        console.print(_sentence_of(found.declared))


@app.command()
def search(
    patient: Patient = None,
    actor: str = "",
    act: Annotated[list[Act] | None, typer.Option()] = None,
    outcome: Outcome | None = None,
    mode: AccessMode | None = None,
    since: Moment = None,
    until: Moment = None,
    count: int = 50,
    before: int | None = None,
    as_json: Json = False,
) -> None:
    """Cherche par patient, acteur ou journée. / Search by patient, actor or day; the search is journalled."""
    request = SearchJournal(
        patient_id=None if patient is None else PatientId(patient),
        actor=actor,
        acts=tuple(act or ()),
        outcome=outcome,
        mode=mode,
        since=_utc(since),
        until=_utc(until),
        count=count,
        before=before,
    )
    with _exit_on_error():
        found = operator_client().search_journal(request)
    if as_json:
        print_json(found)
    elif found.lines:
        print_table(_table_of(found.lines))
    else:
        console.print("Aucune ligne / No line")


@app.command()
def erase(patient_id: Annotated[UUID, typer.Argument(metavar="PATIENT_ID")], yes: Yes = False) -> None:
    """Efface pour toujours les noms du journal d'un patient. / Erase the names in a patient's journal for ever."""
    with _exit_on_error():
        operator = operator_client()
        if not yes:
            typer.confirm(f"Effacer pour toujours / Erase for ever: {patient_id} ?", abort=True)
        erased = operator.erase_identity(PatientId(patient_id))
    console.print(f"Fils effacés / Strands erased: {erased.strands}")


@contextmanager
def _exit_on_error() -> Iterator[None]:
    """Within, an error of the journal commands ends the command with its reason and exit code 1."""
    with exit_on_error():
        try:
            yield
        except Fault as fault:
            raise StackError(f"journal altéré / journal altered: {fault}") from None
        except HeadRefused:
            raise StackError(
                "ce n'est pas la dernière tête publiée de ce journal / not the last published head of this journal"
            ) from None
        except LinesLost as lost:
            raise StackError(
                f"les lignes {lost.kept} à {lost.lost} des têtes publiées manquent / lines of published heads are"
                f" missing, from {lost.kept} to {lost.lost}: docs/operations.md, --break"
            ) from None
        except Refusal as refusal:
            raise StackError(f"{refusal_text(refusal, 'fr')} / {refusal_text(refusal, 'en')}") from None
        except DBAPIError as error:
            raise StackError(f"base audit / audit's database: {error.orig}") from None


@contextmanager
def _progress() -> Iterator[OnProgress]:
    columns = (TextColumn("Lignes / Lines"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("")
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _print_result(found: VerificationResult, *, are_names_opened: bool) -> None:
    console.print(
        f"[green]✓[/] {found.lines} lignes, {found.heads} têtes, {found.signed} signées"
        f" / lines, heads, signed: {found.lines}, {found.heads}, {found.signed}"
    )
    if are_names_opened:
        console.print(f"  Noms vérifiés, effacés / Names checked, erased: {found.opened}, {found.closed}")
    else:
        console.print("  Noms non ouverts, sans clé / Names not opened, no key: CARNET_SUBJECT_KEY_FILE")
    if not found.heads:
        console.print("  Aucune tête signée / No signed head")


def _sentence_of(declared: Break) -> str:
    kept, lost = declared.kept_size, declared.lost_size
    return (
        f"[yellow]![/] Rupture {declared.at:%Y-%m-%d %H:%M} UTC : têtes publiées de {kept + 1} à {lost} non"
        f" continuées / break: published heads from {kept + 1} to {lost} are not continued"
    )


def _table_of(lines: tuple[JournalSearchLine, ...]) -> Table:
    table = Table()
    for heading in ("Position", "Heure\nTime (UTC)", "Acte\nAct", "Motif\nReason", "Acteur\nActor", "Fil\nStrand"):
        table.add_column(heading)
    for line in lines:
        at = line.at.astimezone(UTC).strftime("%Y-%m-%d\n%H:%M:%S")
        mode = "" if line.mode is AccessMode.NORMAL else f"\n{line.mode}"
        who = "\n".join(filter(None, (line.actor_role.value, line.actor, line.structure)))
        reason = f"{line.outcome}\n{line.reason}{mode}"
        table.add_row(*map(escape, (str(line.position), at, line.act.value, reason, who, line.strand)))
    return table


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
