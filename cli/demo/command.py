"""`carnet demo`: start the platform if needed, run a scenario, stop what was started, report by exit code."""

import os
import time
from pathlib import Path
from typing import Annotated

import requests
import typer
from rich.console import Console
from rich.markup import escape

from cli.demo.folder_scenario import run_folder_scenario
from cli.demo.main_scenario import run_main_scenario
from cli.demo.step_printer import StepFailed, StepPrinter
from cli.stack import announce, exit_on_error
from client.errors import ApiError
from client.mailbox import Mailbox
from client.people import DemoPeople
from deploy.dev.stack import Stack

_Documents = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, help="Dossier de documents CDA à déposer / folder of CDA documents"),
]


def demo(documents: _Documents = None) -> None:
    """Raconte l'essentiel, étape par étape. / Tell the main job, step by step."""
    console = Console(highlight=False, soft_wrap=True)
    with exit_on_error():
        started = time.monotonic()
        with Stack.from_environment(os.environ, announce) as stack:
            console.print(f"\nPlate-forme prête / platform ready: {time.monotonic() - started:.1f} s")
            printer = StepPrinter(console)
            succeeded = _run_scenario(console, printer, stack, documents)
        seconds = time.monotonic() - started
    mark = "[green]✓[/]" if succeeded else "[red]✗[/]"
    console.print(f"\n{mark} {printer.steps} étapes / steps, {seconds:.1f} s")
    raise typer.Exit(0 if succeeded else 1)


def _run_scenario(console: Console, printer: StepPrinter, stack: Stack, documents: Path | None) -> bool:
    demo = DemoPeople(stack.addresses.url("gateway"), Mailbox(stack.addresses.url("mailbox")), stack.layout.cards)
    try:
        if documents is None:
            run_main_scenario(printer, demo)
        else:
            run_folder_scenario(printer, demo, documents)
    except (ApiError, StepFailed, TimeoutError, requests.RequestException) as error:
        console.print(f"[red]✗ {type(error).__name__}: {escape(str(error))}[/]")
        console.print(f"  Journaux / logs: {stack.layout.log}")
        return False
    return True
