"""An unreadable message is dead-lettered with its reason; the operator lists, shows, replays and drops it."""

from uuid import uuid4

from cli.main import app
from cli.stack import SECOND_SIGNATURE_AWAITED
from deploy.dev.stack import Stack
from tests.support.broker import publish
from tests.support.operators import FIRST, SECOND, TwoOperators
from tests.support.waiting import wait_until

QUEUE = "notify.records.document_deposited"


def list_dead_letters(operator_cli: TwoOperators) -> str:
    return operator_cli.invoke(app, ["dead-letters", "list"]).output


def test_an_unreadable_message_is_dead_lettered_listed_shown_replayed_and_dropped(
    platform: Stack, operator_cli: TwoOperators
) -> None:
    body = f"poison-{uuid4().hex}"
    publish(platform.addresses.amqp_url, QUEUE, body.encode())
    wait_until(lambda: "event.unreadable" in list_dead_letters(operator_cli), "the message among the dead letters")
    listed = list_dead_letters(operator_cli)
    assert QUEUE in listed
    assert body not in listed
    key = _key_of(listed)
    assert body in operator_cli.invoke(app, ["dead-letters", "show", key]).output
    assert operator_cli.invoke(app, ["dead-letters", "replay", key]).exit_code == 0
    wait_until(lambda: "event.unreadable" in list_dead_letters(operator_cli), "the message dead-lettered again")
    key = _key_of(list_dead_letters(operator_cli))
    drop = ["dead-letters", "drop", key, "--yes"]
    assert operator_cli.invoke_as(FIRST, app, drop).exit_code == SECOND_SIGNATURE_AWAITED
    assert operator_cli.invoke_as(FIRST, app, drop).exit_code == 1
    assert key in list_dead_letters(operator_cli)
    assert operator_cli.invoke_as(SECOND, app, drop).exit_code == 0
    assert key not in list_dead_letters(operator_cli)


def _key_of(listed: str) -> str:
    line = next(line for line in listed.splitlines() if "event.unreadable" in line)
    return line.strip("│┃ ").split()[0]
