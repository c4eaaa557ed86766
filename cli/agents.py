"""`carnet agent`: a link to the pages for agents, as the tool of an organisation asks for it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.cards import running_stack
from cli.operator import operators_of_stack
from cli.stack import exit_on_error
from cli.target import stack_that_is_up
from client.agent import AgentClient
from client.errors import ApiError
from deploy.dev import organisation

Login = Annotated[str, typer.Argument(help="Identifiant de l'agent / the agent's login")]


def agent(login: Login = "accueil.1") -> None:
    """Lien vers le site des agents, bon une minute. / Link to the site for agents, good for a minute."""
    with exit_on_error():
        gateway = running_stack().gateway
        typer.echo(_logged_in(gateway, login).login_link().url)


def _logged_in(gateway: str, login: str) -> AgentClient:
    """The agent's client; the organisation is registered by both operators of the stack when it is not yet."""
    key = organisation.organisation_key(Path(stack_that_is_up()["keys"]["directory"]))
    client = AgentClient(gateway)

    def log_in() -> None:
        assertion = organisation.agent_assertion(key, organisation.CLIENT_ID, login, gateway, datetime.now(UTC))
        client.log_in(organisation.CLIENT_ID, assertion)

    try:
        log_in()
    except ApiError:
        operators_of_stack(gateway).register_app(organisation.registration(key))
        log_in()
    return client
