"""`carnet app`: list, register, suspend and resume partner apps and back ends."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from cli.operator import operator_client, state_of, text_of
from cli.output import Json, console, print_json, print_table
from cli.stack import exit_on_error
from contracts.identity.apps import ClientKind, Clients, RegisterClient
from deploy.dev.errors import StackError

app = typer.Typer(no_args_is_help=True, help="Applications partenaires. / Partner apps.")

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="Une application, en JSON / an app, as JSON", metavar="FILE"),
]
Name = Annotated[str, typer.Argument(help="Son client_id / its client_id", metavar="APP")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Les applications enregistrées. / The apps that are registered."""
    with exit_on_error():
        found = operator_client().registered_apps()
    if as_json:
        print_json(Clients(clients=found))
        return
    table = Table("client_id", "Nom\nName", "Éditeur\nPublisher", "Genre\nKind", "État\nState")
    for client in found:
        table.add_row(
            escape(client.client_id),
            escape(client.name),
            escape(client.publisher),
            client.kind.value,
            state_of(client.suspended_at),
        )
    print_table(table)


@app.command()
def register(file: File) -> None:
    """Enregistre une application, ou change ce qui en est enregistré. / Register an app, or change it.

    Le fichier / the file: client_id, name, publisher, purpose, kind (public, confidential, organisation, software,
    feeder), redirect_uris, scopes, keys (JWKS, en texte / as text), software (numéro d'homologation / its number).
    """
    with exit_on_error():
        try:
            request = msgspec.json.decode(text_of(file), type=RegisterClient)
        except msgspec.MsgspecError as error:
            kinds = ", ".join(ClientKind)
            raise StackError(f"fichier non valable / not a valid file: {error} ({kinds})") from None
        client = operator_client().register_app(request)
        console.print(
            f"[green]✓[/] Enregistrée / Registered: {escape(client.client_id)} ({state_of(client.suspended_at)})"
        )


@app.command()
def suspend(name: Name) -> None:
    """Ferme tous les dossiers à une application. / Suspend an app: it can read no record."""
    _set(name, suspended=True)


@app.command()
def resume(name: Name) -> None:
    """Rétablit une application suspendue. / Resume a suspended app."""
    _set(name, suspended=False)


def _set(name: str, *, suspended: bool) -> None:
    with exit_on_error():
        client = operator_client().suspend_app(name, suspended=suspended)
        console.print(f"[green]✓[/] {escape(client.client_id)} : {state_of(client.suspended_at)}")
