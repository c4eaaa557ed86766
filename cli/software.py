"""`carnet software`: homologated business software, for the operator to list, bound, shut out and let in again."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.operator import OperatorClient, state_of
from cli.stack import console, refusals_told
from contracts.identity import SetQuota, Software, SoftwareList

app = typer.Typer(no_args_is_help=True, help="Logiciels homologués. / Homologated software.")

Number = Annotated[str, typer.Argument(help="Numéro d'homologation / homologation number", metavar="NUMBER")]

_PATH = "/operator/software"


@app.command("list")
def list_() -> None:
    """Les logiciels homologués. / The software that is homologated."""
    with refusals_told():
        found = OperatorClient.from_environment().get(_PATH, SoftwareList)
    shown = Table("Numéro\nNumber", "Nom\nName", "Profil\nProfile", "Quota\n/min", "État\nState")
    for one in found.software:
        shown.add_row(
            escape(one.number), escape(one.name), one.profile.value, str(one.quota or "-"), state_of(one.suspended_at)
        )
    console.print(shown)


@app.command()
def suspend(number: Number) -> None:
    """Ferme la porte à un logiciel, et met fin aux sessions. / Shut a software out, and end its sessions."""
    _set(number, suspended=True)


@app.command()
def resume(number: Number) -> None:
    """Rétablit un logiciel suspendu. / Let a suspended software in again."""
    _set(number, suspended=False)


@app.command()
def quota(
    number: Number,
    requests: Annotated[
        int, typer.Argument(min=0, help="Requêtes par minute et par structure, 0 : sans limite / 0: no limit")
    ],
) -> None:
    """Limite les requêtes d'une structure par ce logiciel. / Bound what one structure asks with a software."""
    with refusals_told():
        asked = SetQuota(number=number, quota=requests)
        found = OperatorClient.from_environment().put(f"{_PATH}/{number}/quota", asked, Software)
        console.print(f"[green]✓[/] {escape(found.number)} : {found.quota or 'sans limite / no limit'}")


def _set(number: str, *, suspended: bool) -> None:
    with refusals_told():
        operator_client = OperatorClient.from_environment()
        found = operator_client.suspend(f"{_PATH}/{number}", Software, suspended=suspended)
        console.print(f"[green]✓[/] {escape(found.number)} : {state_of(found.suspended_at)}")
