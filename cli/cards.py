"""`carnet card`: prints a signed proof of a test card, good for two minutes and one use."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from cli.stack import refusals_told
from deploy.dev import authority
from deploy.dev.errors import StackError
from deploy.dev.facts import read_facts
from deploy.dev.stack import Stack

app = typer.Typer(no_args_is_help=True, help="Preuves des cartes de test. / Proofs of the test cards.")

C = TypeVar("C")

Name = Annotated[str, typer.Argument(help="Nom de la carte / name of the card: gp, patient, ...")]
Structure = Annotated[str, typer.Option(help="FINESS ; par défaut celui de la carte / by default the card's own")]
Software = Annotated[str, typer.Option(help="Numéro d'homologation du logiciel / homologation number")]


@dataclass(frozen=True)
class Running:
    """Where the stack that is up is reached, and where its cards lie."""

    gateway: str
    mailbox: str
    cards: Path

    def cps_assertion(self, name: str, structure: str = "", software: str = "") -> str:
        """A login assertion of a demo professional's card."""
        card = _find(authority.load_cps, self.cards, name)
        place, program = structure or card.structure, software or card.software
        return authority.cps_assertion(card, f"{self.gateway}/oauth/token", place, program, datetime.now(UTC))

    def vitale_proof(self, name: str) -> str:
        """A proof of presence of a demo patient's card."""
        return authority.vitale_proof(_find(authority.load_vitale, self.cards, name), self.gateway, datetime.now(UTC))


def running() -> Running:
    """The stack that is up; StackError when there is none."""
    facts = read_facts(Stack.from_environment(os.environ).layout)
    if facts is None:
        raise StackError("la plate-forme est arrêtée / the platform is down: make up")
    return Running(facts["gateway"], facts["mailbox"], Path(facts["cards"]))


@app.command()
def cps(name: Name, structure: Structure = "", software: Software = "") -> None:
    """Assertion de connexion d'une carte CPS. / Login assertion of a CPS card."""
    with refusals_told():
        typer.echo(running().cps_assertion(name, structure, software))


@app.command()
def vitale(name: Name) -> None:
    """Preuve de présence d'une carte Vitale. / Proof of presence of a carte Vitale."""
    with refusals_told():
        typer.echo(running().vitale_proof(name))


def _find(load: Callable[[Path, str], C], directory: Path, name: str) -> C:
    try:
        return load(directory, name)
    except KeyError:
        raise StackError(f"aucune carte de ce nom / no card of that name: {name}") from None
