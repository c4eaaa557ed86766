"""A professional of a test's own, listed by an extract, with a card: who loses access keeps no other test waiting."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from client.people import DemoPeople
from client.professional import ProfessionalClient
from contracts.vocabulary import Rpps
from deploy.dev import authority, people
from deploy.dev.stack import Stack
from samples.annuaire import extract, line, rpps_of
from services.identity.extract_import import import_extract
from services.identity.extracts import open_extract
from services.identity.repositories.extracts import import_transaction
from tests.support.clock import run_sql

_MODEL = next(person for person in people.PROFESSIONALS if person.name == "gp")


@dataclass(frozen=True)
class Practitioner:
    """A doctor who works where the demo's family doctor does."""

    demo: DemoPeople
    person: people.Professional
    card: authority.CpsCard

    @property
    def rpps(self) -> Rpps:
        return self.person.rpps

    def with_new_card(self) -> "Practitioner":
        return replace(self, card=authority.mint_cps(self.demo.cards, self.person))

    def logged_in(self) -> ProfessionalClient:
        """A client logged in with this card."""
        card, client = self.card, ProfessionalClient(self.demo.gateway)
        audience = f"{self.demo.gateway}/oauth/token"
        client.log_in_with_card(
            authority.cps_assertion(card, audience, card.structure, card.software, datetime.now(UTC))
        )
        return client


def new_practitioner(platform: Stack, demo: DemoPeople, folder: Path) -> Practitioner:
    """A new doctor, whom the directory lists with an address for e-mail."""
    rpps = Rpps(rpps_of(secrets.randbelow(10**8)))
    person = replace(_MODEL, rpps=rpps, email=f"{rpps}@cabinet.example")
    import_lines(platform, folder, listed(person))
    run_sql(
        platform,
        "identity",
        "UPDATE professionals SET email = %(email)s WHERE rpps = %(rpps)s",
        email=person.email,
        rpps=rpps,
    )
    return Practitioner(demo, person, authority.mint_cps(demo.cards, person))


def listed(person: people.Professional) -> str:
    """The line of an extract that lists somebody where they work."""
    return line({"Identifiant PP": person.rpps, "Numéro FINESS site": person.structure})


def import_lines(platform: Stack, folder: Path, *lines: str, whole: bool = False) -> None:
    """Import an extract of these lines; a `whole` one retires whomever it leaves out."""
    file = folder / "PS_LibreAcces_Personne_activite.txt"
    file.write_bytes(extract(lines))
    url = platform.addresses.database_url("identity")
    with open_extract(file) as found, import_transaction(url, keep=True) as repository:
        import_extract(
            found,
            repository,
            now=datetime.now(UTC),
            delta=not whole,
            may_retire=True,
            on_progress=lambda _done, _size: None,
        )
