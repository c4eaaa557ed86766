"""`carnet session`: end the sessions of a person who cannot do it themselves."""

from typing import Annotated

import typer

from cli.operator import OperatorClient, Yes
from cli.stack import console, exit_on_error
from contracts.identity import EndUserSessions, SessionsEnded
from contracts.vocabulary import Role

app = typer.Typer(no_args_is_help=True, help="Sessions ouvertes. / Sessions.")

Professional = Annotated[str, typer.Option(help="Son numéro RPPS / their RPPS number", metavar="RPPS")]
Patient = Annotated[str, typer.Option(help="L'identifiant de son dossier / the id of their record", metavar="ID")]


@app.callback()
def sessions() -> None:
    """Sessions ouvertes. / Sessions."""


@app.command()
def end(professional: Professional = "", patient: Patient = "", yes: Yes = False) -> None:
    """Met fin à toutes les sessions de quelqu'un. / End every session of somebody."""
    if bool(professional) is bool(patient):
        raise typer.BadParameter("--professional RPPS, ou / or --patient ID")
    request = (
        EndUserSessions(role=Role.PROFESSIONAL, subject=professional)
        if professional
        else EndUserSessions(role=Role.PATIENT, subject=patient)
    )
    if not yes:
        typer.confirm(f"Fin de toutes les sessions / end all sessions: {request.subject} ?", abort=True)
    with exit_on_error():
        ended = OperatorClient.from_environment().post("/operator/sessions/ending", request, SessionsEnded)
        console.print(f"[green]✓[/] Sessions terminées / ended: {ended.count}")
