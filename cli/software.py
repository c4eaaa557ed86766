"""`carnet software`: homologated business software, for the operator to list, shut out and let in again."""

from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from cli.operator import OperatorDoor
from cli.stack import console, refusals_told
from contracts.identity import Software, SoftwareList

app = typer.Typer(no_args_is_help=True, help="Logiciels homologués. / Homologated software.")

Number = Annotated[str, typer.Argument(help="Numéro d'homologation / homologation number", metavar="NUMBER")]

_PATH = "/operator/software"


class _Suspension(msgspec.Struct, frozen=True, kw_only=True):
    suspended: bool


@app.command("list")
def list_() -> None:
    """Les logiciels homologués. / The software that is homologated."""
    with refusals_told():
        found = OperatorDoor.from_environment().get(_PATH, SoftwareList)
    shown = Table("Numéro\nNumber", "Nom\nName", "Profil\nProfile", "État\nState")
    for one in found.software:
        shown.add_row(escape(one.number), escape(one.name), one.profile.value, _state(one))
    console.print(shown)


@app.command()
def suspend(number: Number) -> None:
    """Ferme la porte à un logiciel, et met fin aux sessions. / Shut a software out, and end its sessions."""
    _set(number, suspended=True)


@app.command()
def resume(number: Number) -> None:
    """Rétablit un logiciel suspendu. / Let a suspended software in again."""
    _set(number, suspended=False)


def _set(number: str, *, suspended: bool) -> None:
    with refusals_told():
        door = OperatorDoor.from_environment()
        found = door.put(f"{_PATH}/{number}/suspension", _Suspension(suspended=suspended), Software)
        console.print(f"[green]✓[/] {escape(found.number)} : {_state(found)}")


def _state(software: Software) -> str:
    if software.suspended_at is None:
        return "ouvert / open"
    return f"suspendu / suspended {software.suspended_at:%Y-%m-%d %H:%M} UTC"
