"""`carnet session`: end the sessions of a person who cannot do it themselves."""

from typing import Annotated

import typer

from cli.operator import Yes, operator_client
from cli.output import console
from cli.stack import exit_on_error
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
    role, subject = (Role.PROFESSIONAL, professional) if professional else (Role.PATIENT, patient)
    with exit_on_error():
        operator = operator_client()
        if not yes:
            typer.confirm(f"Fin de toutes les sessions / end all sessions: {subject} ?", abort=True)
        ended = operator.end_sessions_of(role, subject)
        console.print(f"[green]✓[/] Sessions terminées / ended: {ended}")
