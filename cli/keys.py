"""`carnet keys`: the keys, passwords and certificates of a deployment."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from chassis.topology import DELAYS
from cli.output import console
from cli.stack import exit_on_error
from deploy.keys.files import KeyFiles
from deploy.keys.layout import Owners, Places, make
from deploy.keys.rotation import add_next, retire, switch

app = typer.Typer(no_args_is_help=True, help="Clés et mots de passe. / Keys and passwords of a deployment.")

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Un dossier par processus / one directory a process")]
Issuer = Annotated[str, typer.Argument(metavar="ISSUER", help="Service, ou / or operator.LOGIN")]
Owner = Annotated[int | None, typer.Option(help="UID du conteneur / user id in the container")]


@app.command("make")
def make_(
    directory: Directory,
    operators: Annotated[str, typer.Option(metavar="LOGIN,LOGIN", help="Deux au moins / two at least")],
    broker: Annotated[str, typer.Option(metavar="HOST:PORT")] = Places.broker,
    broker_names: Annotated[str, typer.Option(metavar="NAME,NAME", help="Autres noms / more names, TLS")] = "",
    database: Annotated[str, typer.Option(metavar="HOST:PORT")] = Places.database,
    retry_seconds: Annotated[str, typer.Option(help="CARNET_RETRY_SECONDS")] = ",".join(map(str, DELAYS)),
    owner: Owner = None,
    rabbitmq_owner: Owner = None,
    postgres_owner: Owner = None,
) -> None:
    """Crée ce qui manque, garde le reste. / Make what is missing, keep the rest."""
    with exit_on_error():
        places = Places(
            broker=broker,
            database=database,
            broker_names=tuple(_parts(broker_names)),
            delays=tuple(int(part) for part in _parts(retry_seconds)),
        )
        owners = Owners(processes=owner, rabbitmq=rabbitmq_owner, postgres=postgres_owner)
        files = make(directory, _parts(operators), places, owners, datetime.now(UTC))
    _print(files)


@app.command("next")
def next_(directory: Directory, issuer: Issuer) -> None:
    """1. Crée la prochaine clé. / Make the next signing key; then restart all processes, which will trust it."""
    with exit_on_error():
        _print(add_next(directory, issuer))


@app.command("switch")
def switch_(directory: Directory, issuer: Issuer) -> None:
    """2. Signe avec la nouvelle clé. / Sign with it; then restart this service, or hand it to the operator."""
    with exit_on_error():
        _print(switch(directory, issuer))


@app.command("retire")
def retire_(
    directory: Directory,
    issuer: Issuer,
    all_keys: Annotated[bool, typer.Option("--all", help="L'exploitant part / the operator leaves")] = False,
) -> None:
    """3. Retire l'ancienne clé. / Trust the former key no longer; then restart all processes."""
    with exit_on_error():
        _print(retire(directory, issuer, all_keys=all_keys))


def _print(files: KeyFiles) -> None:
    for text, names in (
        ("gardé / kept", files.kept),
        ("créé / made", files.made),
        ("refait / renewed", files.renewed),
    ):
        for name in names:
            console.print(f"{text}  {escape(name)}")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
