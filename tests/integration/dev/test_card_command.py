"""`carnet card`: what the test authority does to a card is believed at the next login, without a restart."""

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from cli.demo.client import ApiError
from cli.demo.people import DemoPeople
from cli.main import app

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
    return "in"


@pytest.mark.parametrize(("verb", "state"), [("revoke", "revoked"), ("expire", "expired")])
def test_a_card_that_is_taken_back_or_out_of_its_time_lets_nobody_in_until_there_is_a_new_one(
    card: CliRunner, demo: DemoPeople, verb: str, state: str
) -> None:
    assert outcome(demo) == "in"
    assert card.invoke(app, ["card", verb, NAME]).exit_code == 0
    assert outcome(demo) == "card.revoked"
    listed = card.invoke(app, ["card", "list"]).stdout
    assert any(NAME in one and state in one for one in listed.splitlines())
    assert card.invoke(app, ["card", "mint", NAME]).exit_code == 0
    assert outcome(demo) == "in"


def test_a_card_of_nobody_is_named(card: CliRunner) -> None:
    done = card.invoke(app, ["card", "revoke", "personne"])
    assert done.exit_code == 1
    assert "personne" in done.output
