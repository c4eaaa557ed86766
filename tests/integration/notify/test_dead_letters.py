"""What no service can take is parked with its reason, and an operator sees it, sends it back or drops it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import msgspec
import pika
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from chassis.dead_letters import DeadLetter, DeadLetters
from chassis.topology import DEAD_LETTERS, DELIVERY_LIMIT, event_queue
from cli.dead_letters import app
from contracts.notify import ListNotices, Notify
from contracts.records import DocumentDeposited
from contracts.vocabulary import ContentId, DocumentId, PatientId, Rpps
from tests.integration.notify.people import AccountHolder
from tests.integration.notify.stack import NotifyStack, envelope, wait_for

QUEUE = event_queue("notify", DocumentDeposited)
UNSERVED = event_queue("documents", DocumentDeposited)


@pytest.fixture(autouse=True)
def _nothing_parked(stack: NotifyStack) -> Iterator[None]:
    yield
    with DeadLetters(stack.addresses.amqp_url) as parking:
        # Twins are told apart by their order, so that each drop names those after it anew.
        while parked := parking.look():
            parking.drop(parked[0].id)


def carnet(stack: NotifyStack, *words: str) -> Result:
    """`carnet parked ...`"""
    environment = {"CARNET_AMQP_URL": stack.addresses.amqp_url, "COLUMNS": "250"}
    return CliRunner().invoke(app, list(words), env=environment)


def look(stack: NotifyStack) -> list[DeadLetter]:
    with DeadLetters(stack.addresses.amqp_url) as parking:
        return parking.look()


def deposited(patient_id: PatientId) -> DocumentDeposited:
    return DocumentDeposited(
        patient_id=patient_id,
        document_id=DocumentId(uuid4()),
        content_id=ContentId(uuid4()),
        depositor=Rpps("80000000019"),
    )


def park(stack: NotifyStack, service: str, body: bytes, headers: dict[str, Any]) -> None:
    with stack.channel() as channel:
        channel.confirm_delivery()
        properties = pika.BasicProperties(delivery_mode=2, headers=headers)
        channel.basic_publish(DEAD_LETTERS, service, body, properties, mandatory=True)


@contextmanager
def broken_cellar(stack: NotifyStack) -> Iterator[None]:
    """Within, notify finds no shelf for its notices."""
    with stack.database("notify") as connection:
        connection.execute(text("ALTER TABLE notices RENAME TO notices_away"))
    try:
        yield
    finally:
        with stack.database("notify") as connection:
            connection.execute(text("ALTER TABLE notices_away RENAME TO notices"))


def test_a_poisonous_event_is_tried_again_then_parked_and_takes_effect_when_it_is_replayed(
    stack: NotifyStack,
) -> None:
    person = AccountHolder(stack)
    with broken_cellar(stack):
        [event_id] = stack.deliver("notify", [deposited(person.patient_id)])
        [parked] = wait_for(lambda: look(stack))

    assert (parked.queue, parked.reason, parked.attempts) == (QUEUE, "service.fault", 3)
    assert (parked.topic, parked.event_ids) == (DocumentDeposited.topic, (event_id,))
    listed = carnet(stack, "list").output
    assert all(word in listed for word in (parked.id, QUEUE, "service.fault", DocumentDeposited.topic))
    assert str(person.patient_id) not in listed

    assert carnet(stack, "replay", parked.id).exit_code == 0

    question = ListNotices(patient_id=person.patient_id)
    wait_for(lambda: stack.call(Notify.list_notices, question, person.actor).notices)
    assert look(stack) == []


def test_a_bad_event_does_not_hold_its_neighbours_in_the_same_message_back(stack: NotifyStack) -> None:
    good, bad = AccountHolder(stack), deposited(PatientId(uuid4()))
    bundle = [envelope(deposited(good.patient_id), uuid4()), envelope(bad, uuid4())]
    spoilt = msgspec.structs.replace(bundle[1], payload=msgspec.Raw(b"{}"))
    stack.put(QUEUE, msgspec.json.encode([spoilt]))
    stack.put(QUEUE, msgspec.json.encode(bundle[:1]))

    question = ListNotices(patient_id=good.patient_id)
    wait_for(lambda: stack.call(Notify.list_notices, question, good.actor).notices)

    [parked] = wait_for(lambda: look(stack))
    assert (parked.reason, parked.event_ids) == ("event.unreadable", (spoilt.id,))


def test_what_kills_its_consumers_is_parked_by_the_broker_and_can_be_replayed_too(stack: NotifyStack) -> None:
    body = msgspec.json.encode([envelope(deposited(PatientId(uuid4())), uuid4())])
    stack.put(UNSERVED, body)
    with stack.channel() as channel:
        for _ in range(DELIVERY_LIMIT + 1):
            method, _, _ = wait_for(lambda: channel.basic_get(UNSERVED))
            channel.basic_nack(method.delivery_tag, requeue=True)
    [parked] = wait_for(lambda: look(stack))

    assert (parked.service, parked.queue, parked.reason) == ("documents", UNSERVED, "delivery_limit")
    assert parked.attempts == DELIVERY_LIMIT + 1
    assert parked.at is not None

    assert carnet(stack, "replay", parked.id).exit_code == 0

    with stack.channel() as channel:
        _, _, back = channel.basic_get(UNSERVED, auto_ack=True)
    assert back == body


def test_looking_takes_nothing_away_and_ids_stay(stack: NotifyStack) -> None:
    for body in (b"not json", b"not json", b"[1]"):
        stack.put(QUEUE, body)
    first = wait_for(lambda: found if len(found := look(stack)) == 3 else [])
    for _ in range(3):
        assert {one.id for one in look(stack)} == {one.id for one in first}

    assert len({one.id for one in first}) == 3
    assert {one.reason for one in first} == {"event.unreadable"}


def test_the_payload_is_shown_only_when_it_is_asked_for(stack: NotifyStack) -> None:
    patient_id = PatientId(uuid4())
    spoilt = msgspec.structs.replace(envelope(deposited(patient_id), uuid4()), topic="x")
    body = msgspec.json.encode([msgspec.structs.replace(spoilt, payload=msgspec.Raw(f'"{patient_id}"'.encode()))])
    stack.put(QUEUE, body)
    [parked] = wait_for(lambda: look(stack))

    assert str(patient_id) not in carnet(stack, "list").output
    shown = carnet(stack, "show", parked.id).output
    assert str(patient_id) in shown
    assert str(spoilt.id) in shown


def test_dropping_asks_first(stack: NotifyStack) -> None:
    stack.put(QUEUE, b"\xff not text")
    [parked] = wait_for(lambda: look(stack))

    assert carnet(stack, "drop", parked.id).exit_code != 0
    assert [one.id for one in look(stack)] == [parked.id]
    assert "xff" in carnet(stack, "show", parked.id).output

    assert carnet(stack, "drop", "--yes", parked.id).exit_code == 0
    assert look(stack) == []


def test_what_has_no_way_back_stays_parked(stack: NotifyStack) -> None:
    park(stack, "records", b"[]", {"x-queue": "records.gone", "x-reason": "service.fault"})
    park(stack, "records", b"{}", {})

    for parked in wait_for(lambda: look(stack)):
        answer = carnet(stack, "replay", parked.id)
        assert answer.exit_code == 1
        assert "file d'origine inconnue" in answer.output
    assert len(look(stack)) == 2


def test_an_unknown_id_is_said_to_be(stack: NotifyStack) -> None:
    answer = carnet(stack, "show", "0123456789")

    assert answer.exit_code == 1
    assert "aucun message de ce numéro" in answer.output


def test_a_broker_that_is_away_is_said_to_be() -> None:
    answer = CliRunner().invoke(app, ["list"], env={"CARNET_AMQP_URL": "amqp://127.0.0.1:9/"})

    assert answer.exit_code == 1
    assert "le courtier ne répond pas" in answer.output
