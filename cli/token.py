"""`carnet token`: log a demo person in through the gateway and print the access token."""

import typer

from cli.cards import Name, Software, Structure, known_card, running_stack
from cli.stack import exit_on_error
from client.api_client import ApiClient
from client.people import DemoPeople
from contracts.vocabulary import Channel
from deploy.dev.errors import StackError
from deploy.dev.people import Login, load_logins


def token(name: Name, structure: Structure = "", software: Software = "") -> None:
    """Jeton d'accès d'une personne de démonstration. / Access token of a demo person."""
    with exit_on_error():
        demo = running_stack()
        login = load_logins(demo.cards).get(name)
        client = _log_in_patient(demo, login) if login else _log_in_professional(demo, name, structure, software)
        typer.echo(client.token)


def _log_in_professional(demo: DemoPeople, name: str, structure: str, software: str) -> ApiClient:
    with known_card(name):
        return demo.logged_in(name, structure, software)


def _log_in_patient(demo: DemoPeople, login: Login) -> ApiClient:
    try:
        return demo.logged_in_patient(login, Channel.SMS)
    except TimeoutError:
        raise StackError(
            "aucun code reçu : ce compte n'est pas activé, « make demo » l'active"
            " / no code came: this account is not active, `make demo` activates it"
        ) from None
