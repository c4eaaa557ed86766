"""`carnet card`: proofs and life cycle of the development stack's test cards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.output import Json, console, print_json, print_table
from cli.stack import exit_on_error
from cli.target import check_stack_is_meant, stack_that_is_up
from client.mailbox import Mailbox
from client.people import DemoPeople, stranger
from deploy.dev import authority, demo_cards, people
from deploy.dev.errors import StackError

app = typer.Typer(no_args_is_help=True, help="Cartes de test. / Test cards.")

Name = Annotated[str, typer.Argument(help="Nom de la carte / name of the card: gp, patient, ...")]
Structure = Annotated[str, typer.Option(help="FINESS ; par défaut celui de la carte / by default the card's own")]
Software = Annotated[str, typer.Option(help="Numéro d'homologation du logiciel / homologation number")]


def running_stack() -> DemoPeople:
    """The people of the stack that is up; raises StackError if none is, or another platform is meant."""
    check_stack_is_meant()
    description = stack_that_is_up()
    return DemoPeople(description["gateway"], Mailbox(description["mailbox"]), Path(description["cards"]))


@contextmanager
def known_card(name: str) -> Iterator[None]:
    """Within, a card that does not exist is a StackError."""
    try:
        yield
    except KeyError:
        raise StackError(f"aucune carte de ce nom / no card of that name: {name}") from None


@app.command()
def cps(name: Name, structure: Structure = "", software: Software = "") -> None:
    """Assertion de connexion d'une carte CPS. / Login assertion of a CPS card."""
    with exit_on_error(), known_card(name):
        typer.echo(running_stack().cps_assertion(name, structure, software))


@app.command()
def vitale(name: Name) -> None:
    """Preuve de présence d'une carte Vitale. / Proof of presence of a carte Vitale."""
    with exit_on_error(), known_card(name):
        demo = running_stack()
        typer.echo(demo.vitale_proof(authority.load_vitale(demo.cards, name)))


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Les cartes de test. / The test cards."""
    with exit_on_error():
        found = demo_cards.list_cards(running_stack().cards)
    if as_json:
        print_json({"cards": found})
        return
    table = Table("Carte\nCard", "Nom\nName", "Jusqu'au\nUntil", "État\nState")
    now = datetime.now(UTC)
    for card in found:
        table.add_row(card.kind, card.name, f"{card.until:%Y-%m-%d %H:%M} UTC", _state(card, now))
    print_table(table)


@app.command()
def new() -> None:
    """Fait la carte Vitale d'une personne inventée, et dit son nom. / Make an invented person's; print its name."""
    with exit_on_error():
        patient, _ = stranger(people.PATIENTS[0])
        demo_cards.add(running_stack().cards, patient)
        typer.echo(patient.name)


@app.command()
def mint(name: Name) -> None:
    """Fait une carte neuve à la place de l'autre. / Make a new card in the place of the other."""
    _change_card(demo_cards.mint, name, "neuve / new")


@app.command()
def revoke(name: Name) -> None:
    """Révoque une carte ; la liste est publiée aussitôt. / Revoke a card; the list is published at once."""
    _change_card(demo_cards.revoke, name, "révoquée / revoked")


@app.command()
def expire(name: Name) -> None:
    """Met une carte expirée à la place de l'autre. / Put an expired card in the place of the other."""
    _change_card(demo_cards.expire, name, "expirée / expired")


def _state(card: demo_cards.CardStatus, now: datetime) -> str:
    if card.revoked:
        return "révoquée / revoked"
    return "bonne / good" if now < card.until else "expirée / expired"


def _change_card(change: Callable[[Path, str], None], name: str, done: str) -> None:
    with exit_on_error():
        with known_card(name):
            change(running_stack().cards, name)
        console.print(f"[green]✓[/] {name} : {done}")
