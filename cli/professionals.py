"""`carnet professional`: suspend the access of somebody struck off or without their card, and restore it."""

from typing import Annotated

import typer
from rich.markup import escape

from cli.operator import operator_client
from cli.output import console
from cli.stack import exit_on_error
from contracts.identity.suspensions import SuspensionCause

app = typer.Typer(no_args_is_help=True, help="Accès des professionnels. / Access of professionals.")

Number = Annotated[str, typer.Argument(help="Son numéro RPPS / their RPPS number", metavar="RPPS")]
Cause = Annotated[SuspensionCause, typer.Argument(help="Le motif / the cause")]


@app.callback()
def professionals() -> None:
    """Accès des professionnels. / Access of professionals."""


@app.command()
def suspend(rpps: Number, cause: Cause) -> None:
    """Suspend un professionnel et met fin à ses sessions. / Suspend a professional and end their sessions."""
    _set(rpps, cause, suspended=True)


@app.command()
def resume(rpps: Number, cause: Cause) -> None:
    """Lève ce motif, à deux exploitants. / Lift this cause, by two operators."""
    _set(rpps, cause, suspended=False)


def _set(rpps: str, cause: SuspensionCause, *, suspended: bool) -> None:
    with exit_on_error():
        access = operator_client().suspend_professional(rpps, cause.value, suspended=suspended)
        causes = ", ".join(suspension.cause.value for suspension in access.suspensions)
        console.print(f"[green]✓[/] {escape(access.rpps)} : {causes or 'accès rétabli / access restored'}")
