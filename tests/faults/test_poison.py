"""A message nobody can take is parked with its reason, shown to the operator, and replayed or dropped by hand."""

from uuid import uuid4

import pika
from typer.testing import CliRunner

from chassis.topology import DELIVER
from cli.main import app
from deploy.dev.stack import Stack
from tests.support.waiting import wait_until

QUEUE = "notify.records.document_deposited"


def publish(platform: Stack, body: bytes) -> None:
    with pika.BlockingConnection(pika.URLParameters(platform.addresses.amqp_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        properties = pika.BasicProperties(delivery_mode=2, content_type="application/data", content_encoding="binary")
        channel.basic_publish(DELIVER, QUEUE, body, properties, mandatory=True)


def parked(operator: CliRunner) -> str:
    return operator.invoke(app, ["parked", "list"]).output


def test_a_poisoned_message_is_parked_listed_shown_replayed_and_dropped(platform: Stack, operator: CliRunner) -> None:
    mark = f"poison-{uuid4().hex}"
    publish(platform, mark.encode())
    wait_until(lambda: "event.unreadable" in parked(operator), "the message in parking")
    listed = parked(operator)
    assert QUEUE in listed
    assert mark not in listed
    key = _key_of(listed)
    assert mark in operator.invoke(app, ["parked", "show", key]).output
    assert operator.invoke(app, ["parked", "replay", key]).exit_code == 0
    wait_until(lambda: "event.unreadable" in parked(operator), "the message parked again")
    key = _key_of(parked(operator))
    assert operator.invoke(app, ["parked", "drop", key, "--yes"]).exit_code == 0
    assert key not in parked(operator)


def _key_of(listed: str) -> str:
    line = next(line for line in listed.splitlines() if "event.unreadable" in line)
    return line.strip("│┃ ").split()[0]
