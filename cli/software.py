"""`carnet software`: list, limit, suspend and resume homologated business software."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.operator import operator_client, state_of
from cli.output import Json, console, print_json, print_table
from cli.stack import exit_on_error
from contracts.identity.apps import SoftwareList

app = typer.Typer(no_args_is_help=True, help="Logiciels homologués. / Homologated software.")

Number = Annotated[str, typer.Argument(help="Numéro d'homologation / homologation number", metavar="NUMBER")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Les logiciels homologués. / The software that is homologated."""
    with exit_on_error():
        found = operator_client().software()
    if as_json:
        print_json(SoftwareList(software=found))
        return
    shown = Table("Numéro\nNumber", "Nom\nName", "Profil\nProfile", "Quota\n/min", "État\nState")
    for software in found:
        shown.add_row(
            escape(software.number),
            escape(software.name),
            software.profile.value,
            str(software.quota or "-"),
            state_of(software.suspended_at),
        )
    print_table(shown)


@app.command()
def suspend(number: Number) -> None:
    """Suspend un logiciel et met fin à ses sessions. / Suspend a software and end its sessions."""
    _set(number, suspended=True)


@app.command()
def resume(number: Number) -> None:
    """Rétablit un logiciel suspendu. / Resume a suspended software."""
    _set(number, suspended=False)


@app.command()
def quota(
    number: Number,
    requests: Annotated[
        int, typer.Argument(min=0, help="Requêtes par minute et par structure, 0 : sans limite / 0: no limit")
    ],
) -> None:
    """Limite les requêtes d'une structure par ce logiciel. / Limit the requests of a structure with a software."""
    with exit_on_error():
        found = operator_client().set_quota(number, requests)
        console.print(f"[green]✓[/] {escape(found.number)} : {found.quota or 'sans limite / no limit'}")


def _set(number: str, *, suspended: bool) -> None:
    with exit_on_error():
        found = operator_client().suspend_software(number, suspended=suspended)
        console.print(f"[green]✓[/] {escape(found.number)} : {state_of(found.suspended_at)}")
