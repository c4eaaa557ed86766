"""`carnet app`: partner apps and back ends, for the operator to list, register, shut out and let in again."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from cli.operator import OperatorClient, state_of, text_of
from cli.stack import console, refusals_told
from contracts.identity import Client, ClientKind, Clients, RegisterClient
from deploy.dev.errors import StackError

app = typer.Typer(no_args_is_help=True, help="Applications partenaires. / Partner apps.")

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="Une application, en JSON / an app, as JSON", metavar="FILE"),
]
Name = Annotated[str, typer.Argument(help="Son client_id / its client_id", metavar="APP")]

_PATH = "/operator/apps"


@app.command("list")
def list_() -> None:
    """Les applications enregistrées. / The apps that are registered."""
    with refusals_told():
        found = OperatorClient.from_environment().get(_PATH, Clients)
    shown = Table("client_id", "Nom\nName", "Éditeur\nPublisher", "Genre\nKind", "État\nState")
    for one in found.clients:
        shown.add_row(
            escape(one.client_id), escape(one.name), escape(one.publisher), one.kind.value, state_of(one.suspended_at)
        )
    console.print(shown)


@app.command()
def register(file: File) -> None:
    """Enregistre une application, ou change ce qui en est enregistré. / Register an app, or change it.

    Le fichier / the file: client_id, name, publisher, purpose, kind (public, confidential, organisation, software,
    feeder), redirect_uris, scopes, keys (JWKS, en texte / as text), software (numéro d'homologation / its number).
    """
    with refusals_told():
        try:
            asked = msgspec.json.decode(text_of(file), type=RegisterClient)
        except msgspec.MsgspecError as error:
            kinds = ", ".join(ClientKind)
            raise StackError(f"fichier non valable / not a valid file: {error} ({kinds})") from None
        client = OperatorClient.from_environment().post(_PATH, asked, Client)
        console.print(
            f"[green]✓[/] Enregistrée / Registered: {escape(client.client_id)} ({state_of(client.suspended_at)})"
        )


@app.command()
def suspend(name: Name) -> None:
    """Ferme tous les dossiers à une application. / Shut an app out of every record."""
    _set(name, suspended=True)


@app.command()
def resume(name: Name) -> None:
    """Rétablit une application suspendue. / Let a suspended app in again."""
    _set(name, suspended=False)


def _set(name: str, *, suspended: bool) -> None:
    with refusals_told():
        operator_client = OperatorClient.from_environment()
        client = operator_client.suspend(f"{_PATH}/{name}", Client, suspended=suspended)
        console.print(f"[green]✓[/] {escape(client.client_id)} : {state_of(client.suspended_at)}")
