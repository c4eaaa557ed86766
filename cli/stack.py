"""`carnet up`, `down` and `status`: the development stack."""

import contextlib
import os
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import typer
from rich.markup import escape
from rich.table import Table

from cli.output import Json, console, errors, print_json, print_table
from client.errors import ApiError
from contracts.errors.execution import SecondSignatureAwaited
from deploy.dev.errors import StackError
from deploy.dev.stack import Stack, bring_down
from deploy.dev.status import PartStatus, inspect
from deploy.dev.supervisor import signals_interrupt

SECOND_SIGNATURE_AWAITED = 3
"""Exit code of a command that another operator must call too."""


def announce(step: str, seconds: float) -> None:
    """Print a finished step with its duration."""
    console.print(f"[green]✓[/] {seconds:6.2f} s  {step}")


@contextlib.contextmanager
def exit_on_error() -> Iterator[None]:
    """Within, an error of the stack or of the gateway ends the command with its message and exit code 1.

    Exit code 3: nothing went wrong, but nothing is done before another operator calls the same command.
    """
    try:
        yield
    except (StackError, ApiError, requests.RequestException) as error:
        if isinstance(error, ApiError) and error.code == SecondSignatureAwaited.code:
            errors.print(f"[yellow]…[/] {escape(f'{error.text} / {error.english}')}")
            raise typer.Exit(SECOND_SIGNATURE_AWAITED) from None
        errors.print(f"[red]✗[/] {escape(_text_of(error))}")
        raise typer.Exit(1) from None


def up() -> None:
    """Démarre la plate-forme et reste au premier plan. / Start the platform and stay; Ctrl-C stops it."""
    with exit_on_error(), signals_interrupt():
        stack = Stack.from_environment(os.environ, announce)
        started = time.monotonic()
        try:
            stack.start()
        except KeyboardInterrupt:
            console.print("Interrompu, rien ne reste / Interrupted, nothing is left running")
            raise typer.Exit(130) from None
        _stay(stack, time.monotonic() - started)


def down() -> None:
    """Arrête ce que « up » a démarré. / Stop what `up` started."""
    with exit_on_error():
        stopped = bring_down(Stack.from_environment(os.environ).layout)
    console.print(f"Arrêté / Stopped: {', '.join(stopped) or 'rien / nothing'}")


def status(as_json: Json = False) -> None:
    """Montre chaque élément ; code 0 si tous sont prêts. / Show each part; exit code 0 if all are ready."""
    with exit_on_error():
        stack = Stack.from_environment(os.environ)
        if not stack.is_described():
            raise StackError("la plate-forme est arrêtée / the platform is down: make up")
        parts = inspect(stack.addresses)
    if as_json:
        print_json({"parts": parts})
    else:
        print_table(_table_of(parts))
    raise typer.Exit(0 if all(part.is_ready for part in parts) else 1)


def _text_of(error: StackError | ApiError | requests.RequestException) -> str:
    """The error in both languages."""
    if isinstance(error, ApiError):
        return " / ".join(filter(None, (str(error), error.english)))
    if isinstance(error, requests.RequestException):
        address = urlsplit(error.request.url if error.request and error.request.url else "")
        return f"{address.scheme}://{address.netloc} ne répond pas / does not answer"
    return str(error)


def _stay(stack: Stack, seconds: float) -> None:
    try:
        _print_ready(stack, seconds)
        stack.report_ends(_print_end)
    except KeyboardInterrupt:
        console.print("\nArrêt… / Stopping…")
    finally:
        console.print(f"Arrêté / Stopped: {', '.join(stack.stop())}")


def _print_ready(stack: Stack, seconds: float) -> None:
    console.print(f"\nPrête en / Ready in {seconds:.1f} s. Ctrl-C : tout arrêter / stop everything.")
    console.print(f"  Portail / Portal      {stack.addresses.url('gateway')}")
    console.print(f"  Professionnels        {stack.addresses.url('gateway')}/pro  (cartes de test / test cards)")
    console.print(f"  Patients              {stack.addresses.url('gateway')}/espace  (carnet card vitale patient)")
    console.print(f"  Agents                {stack.addresses.url('gateway')}/agent  (carnet agent)")
    console.print(f"  Messages / Messages   {stack.addresses.url('mailbox')}")
    console.print(f"  Adresses / Addresses  {stack.layout.description}")
    console.print(f"  Journaux / Logs       {stack.layout.log}")


def _print_end(name: str, code: int, last_lines: str) -> None:
    console.print(f"[red]✗[/] {name} : fin inattendue, code {code} / ended with code {code}")
    console.print(escape(last_lines), style="dim")


def _table_of(parts: list[PartStatus]) -> Table:
    table = Table("Élément / Part", "PID", "Port", "Prêt / Ready")
    for part in parts:
        pid = "-" if part.pid is None else str(part.pid)
        port = "-" if part.port is None else str(part.port)
        table.add_row(part.name, pid, port, "[green]oui / yes[/]" if part.is_ready else "[red]non / no[/]")
    return table
