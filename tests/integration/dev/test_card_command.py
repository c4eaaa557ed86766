"""`carnet card`: changes to a card take effect at the next login, without a restart."""

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from cli.main import app
from client.errors import ApiError
from client.people import DemoPeople

NAME = "nurse"


@pytest.fixture
def card(operator_cli: CliRunner) -> Iterator[CliRunner]:
    """The nurse's card may be ill-treated; a new one is made at the end."""
    yield operator_cli
    assert operator_cli.invoke(app, ["card", "mint", NAME]).exit_code == 0


def outcome(demo: DemoPeople) -> str:
    try:
        demo.logged_in(NAME)
    except ApiError as refused:
        return refused.code
    return "logged in"


@pytest.mark.parametrize(("verb", "state"), [("revoke", "revoked"), ("expire", "expired")])
def test_a_revoked_or_expired_card_is_refused_until_it_is_replaced(
    card: CliRunner, demo: DemoPeople, verb: str, state: str
) -> None:
    assert outcome(demo) == "logged in"
    assert card.invoke(app, ["card", verb, NAME]).exit_code == 0
    assert outcome(demo) == "card.revoked"
    listed = card.invoke(app, ["card", "list"]).stdout
    assert any(NAME in line and state in line for line in listed.splitlines())
    assert card.invoke(app, ["card", "mint", NAME]).exit_code == 0
    assert outcome(demo) == "logged in"


def test_an_unknown_card_is_an_error(card: CliRunner) -> None:
    result = card.invoke(app, ["card", "revoke", "personne"])
    assert result.exit_code == 1
    assert "personne" in result.output
