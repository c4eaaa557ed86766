"""`carnet backup` and `carnet restore`: databases and objects in one directory, keys in another."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from psycopg2 import Error as DatabaseError
from rich.markup import escape
from rich.progress import DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from chassis.settings import SettingsError
from cli.backup_sources import keys_directory, platform, retry_delays
from cli.broker import operator_broker
from cli.output import console
from cli.stack import exit_on_error
from deploy.backup.broker import check_at_rest
from deploy.backup.content import OnStep, back_up
from deploy.backup.content import restore as restore_content
from deploy.backup.files import Manifest
from deploy.backup.keys import back_up_keys, restore_keys
from deploy.dev.errors import StackError

restore = typer.Typer(no_args_is_help=True, help="Restaurer, d'abord les clés. / Restore, keys first.")

Content = Annotated[Path, typer.Argument(metavar="CONTENT", help="Dossier des bases et objets / of data")]
Keys = Annotated[Path, typer.Argument(metavar="KEYS", help="Dossier des clés, ailleurs / of keys, elsewhere")]


def backup(
    content: Content,
    keys: Keys,
    keys_from: Annotated[Path | None, typer.Option(metavar="DIR", help="`carnet keys make DIR`")] = None,
    at_rest: Annotated[
        bool, typer.Option(help="Refuser si des messages sont en route / refuse if messages are on their way")
    ] = False,
) -> None:
    """Sauvegarde bases et objets, et à part les clés. / Back up databases and objects, and apart from them keys.

    Code 1 si des objets manquent ou sont abîmés / if objects are missing or damaged.
    """
    started = time.monotonic()
    with _errors_printed(), _progress() as on_step:
        _check_apart(content, keys)
        if at_rest:
            check_at_rest(*operator_broker(), retry_delays())
        pair, now = secrets.token_hex(8), datetime.now(UTC)
        key_files = back_up_keys(keys_directory(keys_from), keys, pair=pair, now=now)
        manifest = back_up(platform(), content, pair=pair, now=now, on_step=on_step)
    _print_summary("Sauvegardé / Backed up", manifest, time.monotonic() - started)
    console.print(f"  {len(key_files.files)} clés / keys: {escape(str(keys))}")
    console.print(f"  {manifest.unsent} événements à envoyer / events not sent yet")
    for key in manifest.missing:
        console.print(f"  [red]absent ou abîmé / missing or damaged[/]: {escape(key)}")
    raise typer.Exit(1 if manifest.missing else 0)


@restore.command("keys")
def keys_(
    keys: Keys, directory: Annotated[Path, typer.Argument(metavar="DIR", help="Dossier à créer / to be made")]
) -> None:
    """Copie les clés dans un nouveau dossier. / Copy the keys of a backup into a new directory."""
    with _errors_printed():
        manifest = restore_keys(keys, directory)
    console.print(f"[green]✓[/] {len(manifest.files)} clés restaurées / keys restored: {escape(str(directory))}")


@restore.command("content")
def content_(content: Content) -> None:
    """Remplit bases et seaux vides, services arrêtés. / Fill empty databases and buckets while no service runs."""
    started = time.monotonic()
    with _errors_printed(), _progress() as on_step:
        manifest = restore_content(platform(), content, on_step)
    _print_summary("Restauré / Restored", manifest, time.monotonic() - started)
    console.print("  Ensuite / Then: carnet journal resume --head ..., carnet documents verify --all")


@contextmanager
def _errors_printed() -> Iterator[None]:
    """Errors of settings, files and databases end the command with a message and exit code 1."""
    with exit_on_error():
        try:
            yield
        except SettingsError as error:
            raise StackError(f"réglages / settings: {error}") from None
        except DatabaseError as error:
            raise StackError(f"base / database: {str(error).strip()}") from None
        except OSError as error:
            raise StackError(": ".join(str(part) for part in (error.filename, error.strerror) if part)) from None


@contextmanager
def _progress() -> Iterator[OnStep]:
    columns = (TextColumn("{task.description}"), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def on_step(name: str, size: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=None)
            progress.advance(tasks[name], size)

        yield on_step


def _check_apart(content: Path, keys: Path) -> None:
    """Raises StackError if one directory is in the other."""
    first, second = content.resolve(), keys.resolve()
    if first.is_relative_to(second) or second.is_relative_to(first):
        raise StackError("les clés vont ailleurs que les données / keys go elsewhere than data")


def _print_summary(done: str, manifest: Manifest, seconds: float) -> None:
    size = sum(file.size for file in manifest.files)
    console.print(
        f"[green]✓[/] {done} {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC: {manifest.objects} objets / objects,"
        f" {size} octets / bytes, {seconds:.1f} s"
    )
    if manifest.head:
        console.print(f"  Tête du journal / Head of the journal: {manifest.head.splitlines()[1]}")
