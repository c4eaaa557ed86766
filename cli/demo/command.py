"""`carnet demo`: run a scenario on a platform that is up, or start and stop the stack; report by exit code."""

import os
import time
from pathlib import Path
from typing import Annotated

import requests
import typer
from rich.console import Console

from cli.demo.folder_scenario import run_folder_scenario
from cli.demo.main_scenario import run_main_scenario
from cli.demo.step_printer import StepFailed, StepPrinter
from cli.stack import announce, exit_on_error
from client.errors import ApiError
from client.mailbox import Mailbox
from client.people import DemoPeople
from deploy.dev.errors import StackError
from deploy.dev.stack import Stack

_Documents = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, help="Dossier de documents CDA à déposer / folder of CDA documents"),
]


_Gateway = Annotated[str, typer.Option(metavar="URL", help="Plate-forme déjà démarrée / a platform that is up")]
_Mailbox = Annotated[str, typer.Option(metavar="URL", help="Sa boîte aux lettres / its mailbox")]
_Cards = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, help="Ses cartes de test / its test cards, with authority"),
]


def demo(documents: _Documents = None, gateway: _Gateway = "", mailbox: _Mailbox = "", cards: _Cards = None) -> None:
    """Raconte l'essentiel, étape par étape. / Tell the main job, step by step."""
    console = Console(highlight=False, soft_wrap=True)
    printer = StepPrinter(console)
    with exit_on_error():
        started = time.monotonic()
        if gateway and mailbox and cards:
            succeeded = _run_scenario(printer, DemoPeople(gateway, Mailbox(mailbox), cards), documents)
        elif gateway or mailbox or cards:
            raise StackError("--gateway, --mailbox, --cards : les trois ou aucun / all three or none")
        else:
            succeeded = _run_on_stack(console, printer, documents)
        seconds = time.monotonic() - started
    mark = "[green]✓[/]" if succeeded else "[red]✗[/]"
    console.print(f"\n{mark} {printer.steps} étapes / steps, {seconds:.1f} s")
    raise typer.Exit(0 if succeeded else 1)


def _run_on_stack(console: Console, printer: StepPrinter, documents: Path | None) -> bool:
    """Start the development stack if it is not up, and stop it again."""
    started = time.monotonic()
    with Stack.from_environment(os.environ, announce) as stack:
        console.print(f"\nPlate-forme prête / platform ready: {time.monotonic() - started:.1f} s")
        mailbox = Mailbox(stack.addresses.url("mailbox"))
        people = DemoPeople(stack.addresses.url("gateway"), mailbox, stack.layout.cards)
        succeeded = _run_scenario(printer, people, documents)
        if not succeeded:
            console.print(f"  Journaux / logs: {stack.layout.log}")
    return succeeded


def _run_scenario(printer: StepPrinter, demo: DemoPeople, documents: Path | None) -> bool:
    try:
        if documents is None:
            run_main_scenario(printer, demo)
        else:
            run_folder_scenario(printer, demo, documents)
    except (ApiError, StepFailed, TimeoutError, requests.RequestException) as error:
        printer.fail(f"{type(error).__name__}: {error}")
        return False
    return True
