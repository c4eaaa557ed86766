"""Messages that no service can take become dead letters; an operator lists, replays or drops them."""

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
from cli.main import app
from client.waiting import wait_for
from contracts.notify import ListNotices, Notify
from contracts.records.events import DocumentDeposited
from contracts.vocabulary import ContentId, DocumentId, PatientId, Rpps
from tests.integration.notify.people import AccountHolder
from tests.support.metrics import metric
from tests.support.service_stack import ServiceStack, envelope
from tests.support.waiting import wait_until

QUEUE = event_queue("notify", DocumentDeposited)
UNSERVED = event_queue("documents", DocumentDeposited)


@pytest.fixture(autouse=True)
def _no_dead_letters_left(stack: ServiceStack) -> Iterator[None]:
    yield
    with DeadLetters(stack.addresses.amqp_url) as dead_letters:
        # Identical messages are numbered by their order, so each drop changes the ids of those after it.
        while found := dead_letters.look():
            dead_letters.drop(found[0].id)


def carnet(stack: ServiceStack, *words: str, command: str = "dead-letters") -> Result:
    """`carnet dead-letters ...`"""
    environment = {"CARNET_AMQP_URL": stack.addresses.amqp_url, "COLUMNS": "250"}
    return CliRunner().invoke(app, [command, *words], env=environment)


def look(stack: ServiceStack) -> list[DeadLetter]:
    with DeadLetters(stack.addresses.amqp_url) as dead_letters:
        return dead_letters.look()


def deposited(patient_id: PatientId) -> DocumentDeposited:
    return DocumentDeposited(
        patient_id=patient_id,
        document_id=DocumentId(uuid4()),
        content_id=ContentId(uuid4()),
        depositor=Rpps("80000000019"),
    )


def dead_letter(stack: ServiceStack, service: str, body: bytes, headers: dict[str, Any]) -> None:
    with stack.channel() as channel:
        channel.confirm_delivery()
        properties = pika.BasicProperties(delivery_mode=2, headers=headers)
        channel.basic_publish(DEAD_LETTERS, service, body, properties, mandatory=True)


@contextmanager
def missing_table(stack: ServiceStack) -> Iterator[None]:
    """Within, notify has no table of notices."""
    with stack.database("notify") as connection:
        connection.execute(text("ALTER TABLE notices RENAME TO notices_away"))
    try:
        yield
    finally:
        with stack.database("notify") as connection:
            connection.execute(text("ALTER TABLE notices_away RENAME TO notices"))


def test_the_old_name_of_the_command_still_works(stack: ServiceStack) -> None:
    dead_letter(stack, "notify", b"[]", {"x-queue": QUEUE, "x-reason": "service.fault"})
    listed, listed_by_old_name = carnet(stack, "list"), carnet(stack, "list", command="parked")
    assert QUEUE in listed.stdout
    assert (listed_by_old_name.exit_code, listed_by_old_name.stdout) == (0, listed.stdout)


def test_a_failing_event_is_retried_then_dead_lettered_and_takes_effect_when_replayed(
    stack: ServiceStack,
) -> None:
    person = AccountHolder(stack)
    with missing_table(stack):
        [event_id] = stack.deliver("notify", [deposited(person.patient_id)])
        [found] = wait_for(lambda: look(stack))

    assert (found.queue, found.reason, found.attempts) == (QUEUE, "service.fault", 3)
    assert (found.topic, found.event_ids) == (DocumentDeposited.topic, (event_id,))
    listed = carnet(stack, "list").output
    assert all(word in listed for word in (found.id, QUEUE, "service.fault", DocumentDeposited.topic))
    assert str(person.patient_id) not in listed

    assert carnet(stack, "replay", found.id).exit_code == 0

    request = ListNotices(patient_id=person.patient_id)
    wait_for(lambda: stack.call(Notify.list_notices, request, person.actor).notices)
    assert look(stack) == []


def test_an_unreadable_event_does_not_hold_back_other_messages(stack: ServiceStack) -> None:
    good, bad = AccountHolder(stack), deposited(PatientId(uuid4()))
    spoilt = stack.signed_event(msgspec.structs.replace(envelope(bad, uuid4()), payload=msgspec.Raw(b"{}")))
    stack.put_message(QUEUE, msgspec.json.encode([spoilt]))
    stack.deliver("notify", [deposited(good.patient_id)])

    request = ListNotices(patient_id=good.patient_id)
    wait_for(lambda: stack.call(Notify.list_notices, request, good.actor).notices)

    [found] = wait_for(lambda: look(stack))
    assert (found.reason, found.event_ids) == ("event.unreadable", (spoilt.id,))


def test_what_kills_its_consumers_is_dead_lettered_by_the_broker_and_can_be_replayed(stack: ServiceStack) -> None:
    body = msgspec.json.encode([envelope(deposited(PatientId(uuid4())), uuid4())])
    stack.put_message(UNSERVED, body)
    with stack.channel() as channel:
        for _ in range(DELIVERY_LIMIT + 1):
            method, _, _ = wait_for(lambda: channel.basic_get(UNSERVED))
            channel.basic_nack(method.delivery_tag, requeue=True)
    [found] = wait_for(lambda: look(stack))

    assert (found.service, found.queue, found.reason) == ("documents", UNSERVED, "delivery_limit")
    assert found.attempts == DELIVERY_LIMIT + 1
    assert found.at is not None

    assert carnet(stack, "replay", found.id).exit_code == 0

    with stack.channel() as channel:
        _, _, back = channel.basic_get(UNSERVED, auto_ack=True)
    assert back == body


def test_listing_removes_nothing_and_ids_stay(stack: ServiceStack) -> None:
    for body in (b"not json", b"not json", b"[1]"):
        stack.put_message(QUEUE, body)
    first = wait_for(lambda: found if len(found := look(stack)) == 3 else [])
    for _ in range(3):
        assert {letter.id for letter in look(stack)} == {letter.id for letter in first}

    assert len({letter.id for letter in first}) == 3
    assert {letter.reason for letter in first} == {"event.unreadable"}


def test_the_payload_is_printed_by_show_only(stack: ServiceStack) -> None:
    patient_id = PatientId(uuid4())
    spoilt = msgspec.structs.replace(envelope(deposited(patient_id), uuid4()), topic="x")
    body = msgspec.json.encode([msgspec.structs.replace(spoilt, payload=msgspec.Raw(f'"{patient_id}"'.encode()))])
    stack.put_message(QUEUE, body)
    [found] = wait_for(lambda: look(stack))

    assert str(patient_id) not in carnet(stack, "list").output
    shown = carnet(stack, "show", found.id).output
    assert str(patient_id) in shown
    assert str(spoilt.id) in shown


def test_drop_asks_for_confirmation(stack: ServiceStack) -> None:
    stack.put_message(QUEUE, b"\xff not text")
    [found] = wait_for(lambda: look(stack))

    assert carnet(stack, "drop", found.id).exit_code != 0
    assert [letter.id for letter in look(stack)] == [found.id]
    assert "xff" in carnet(stack, "show", found.id).output


def test_a_dead_letter_without_a_known_queue_cannot_be_replayed(stack: ServiceStack) -> None:
    dead_letter(stack, "records", b"[]", {"x-queue": "records.gone", "x-reason": "service.fault"})
    dead_letter(stack, "records", b"{}", {})

    for letter in wait_for(lambda: look(stack)):
        answer = carnet(stack, "replay", letter.id)
        assert answer.exit_code == 1
        assert "file d'origine inconnue" in answer.output
    assert len(look(stack)) == 2


def test_an_unknown_id_is_an_error(stack: ServiceStack) -> None:
    answer = carnet(stack, "show", "0123456789")

    assert answer.exit_code == 1
    assert "aucun message de ce numéro" in answer.output


def test_an_unavailable_broker_is_an_error() -> None:
    answer = CliRunner().invoke(app, ["dead-letters", "list"], env={"CARNET_AMQP_URL": "amqp://127.0.0.1:9/"})

    assert answer.exit_code == 1
    assert "le courtier ne répond pas" in answer.output


def test_dead_letters_and_waiting_messages_are_counted(stack: ServiceStack) -> None:
    url = stack.addresses.url("notify")
    wait_until(lambda: metric(url, "carnet_dead_letters") == 0, "dead letters were counted")
    dead_letter(stack, "notify", b"[]", {"x-queue": QUEUE, "x-reason": "service.fault"})
    wait_until(lambda: metric(url, "carnet_dead_letters") == 1, "the dead letter is counted")
    for queue in (QUEUE, "rpc-notify"):
        assert metric(url, "carnet_queue_messages", queue=queue) == 0
    assert metric(url, "carnet_queue_messages", queue="parked.notify") is None


def test_how_long_the_oldest_event_has_waited_is_counted(stack: ServiceStack) -> None:
    """An event that nobody takes stays in the outbox."""
    url = stack.addresses.url("notify")
    wait_until(lambda: metric(url, "carnet_outbox_backlog") == 0, "the outbox was counted")
    insert = (
        "INSERT INTO outbox (id, topic, bundle, occurred_at, traceparent, payload)"
        " VALUES (gen_random_uuid(), 'nobody.listens', 1, now() - interval '1 hour', '', '{}')"
    )
    with stack.database("notify") as connection:
        connection.execute(text(insert))
    try:
        wait_until(lambda: metric(url, "carnet_outbox_backlog") == 1, "the event is counted")
        assert (metric(url, "carnet_outbox_oldest_seconds") or 0) >= 3_600
    finally:
        with stack.database("notify") as connection:
            connection.execute(text("DELETE FROM outbox WHERE topic = 'nobody.listens'"))
