"""With all keys of one service, events and calls in the name of others have no effect, by whatever way they come."""

import asyncio
from collections.abc import Iterator, Sequence
from time import time
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from pika.exceptions import ChannelClosedByBroker

from chassis.broker_permissions import OPERATOR, topics_of
from chassis.dead_letters import DeadLetter, DeadLetters
from chassis.event_signatures import sign_event
from chassis.tokens import ACTOR, issuer_for
from chassis.topology import DEAD_LETTERS, DELIVER, EVENTS, delay_queue, event_queue
from client.people import DemoPeople
from contracts.api import Method
from contracts.envelope import Actor, Envelope, Event
from contracts.identity.events import PersonDied
from contracts.records.events import DocumentPurged
from contracts.vocabulary import ContentId, DocumentId, PatientId, Role
from contracts.wiring import APIS, CALLS, GATEWAY, SERVICES
from deploy.dev.stack import Stack
from tests.support.clock import run_sql
from tests.support.people import authorised_doctor, deposit_new, open_record
from tests.support.service_stack import envelope
from tests.support.stolen_credentials import ACCESS_REFUSED, Thief, codes_of
from tests.support.waiting import wait_until


@pytest.fixture(params=SERVICES)
def thief(request: pytest.FixtureRequest, platform: Stack) -> Thief:
    return Thief(platform, request.param)


@pytest.fixture(scope="module")
def purge(platform: Stack, demo: DemoPeople) -> Iterator[DocumentPurged]:
    """The event that would destroy a document's content; at the end the document can still be read."""
    holder = open_record(demo)
    document = deposit_new(demo, holder)
    doctor = authorised_doctor(demo, holder)
    query = "SELECT content_id::text FROM documents WHERE document_id = %(document)s"
    [(content_id,)] = run_sql(platform, "records", query, document=document)
    yield DocumentPurged(
        patient_id=PatientId(UUID(holder.record)),
        document_id=DocumentId(UUID(document)),
        content_id=ContentId(UUID(content_id)),
    )
    assert doctor.download(holder.record, document)


@pytest.fixture
def of_another(thief: Thief, purge: DocumentPurged) -> tuple[str, Event]:
    """A queue, and an event of another service that would do harm there."""
    if thief.process == "records":
        return event_queue("consent", PersonDied), PersonDied(patient_id=purge.patient_id)
    return event_queue("documents", DocumentPurged), purge


@pytest.fixture(autouse=True)
def letters(platform: Stack) -> Iterator["ForgedLetters"]:
    letters = ForgedLetters(platform)
    yield letters
    letters.clear()


class ForgedLetters:
    """The dead letters of events that a test has sent, as the operator sees them."""

    def __init__(self, platform: Stack) -> None:
        self._broker = platform.addresses.amqp_url_of(OPERATOR), platform.addresses.amqp_ca_file
        self._sent: set[UUID] = set()

    def made(self, thief: Thief, event: Event) -> Envelope:
        """An event of another service, signed with the only key that the thief has."""
        forged = sign_event(thief.signer(), envelope(event, uuid4()))
        self._sent.add(forged.id)
        return forged

    def found(self) -> dict[UUID, DeadLetter]:
        """By event id."""
        with DeadLetters(*self._broker) as letters:
            found = {event_id: letter for letter in letters.look() for event_id in letter.event_ids}
        return {event_id: letter for event_id, letter in found.items() if event_id in self._sent}

    def wait(self, sent: Sequence[Envelope], reason: str) -> None:
        """Until each of these events is a dead letter for this reason."""
        wanted = dict.fromkeys((event.id for event in sent), reason)
        wait_until(lambda: {key: letter.reason for key, letter in self.found().items()} == wanted, reason, 60)

    def replay(self, event: Envelope) -> None:
        with DeadLetters(*self._broker) as letters:
            letters.replay(self.found()[event.id].id)

    def clear(self) -> None:
        with DeadLetters(*self._broker) as letters:
            while found := [letter for letter in letters.look() if self._sent & set(letter.event_ids)]:
                letters.drop(found[0].id)


def test_an_event_of_another_is_refused_by_whatever_exchange_it_comes(
    thief: Thief, of_another: tuple[str, Event], letters: ForgedLetters
) -> None:
    queue, event = of_another
    own_topic, copies = topics_of(thief.process)[0], [event.topic]
    ways: list[tuple[str, str, dict[str, Any]]] = [
        ("", queue, {}),
        (DELIVER, queue, {}),
        (delay_queue(1), queue, {}),
        # RabbitMQ also delivers to the keys of these headers, and old versions do not ask whether they are permitted.
        (EVENTS, own_topic, {"CC": copies}),
        (EVENTS, own_topic, {"BCC": copies}),
    ]
    sent = []
    for exchange, key, headers in ways:
        forged = letters.made(thief, event)
        try:
            thief.publish(exchange, key, msgspec.json.encode([forged]), headers)
            sent.append(forged)
        except ChannelClosedByBroker as closed:
            assert closed.reply_code == ACCESS_REFUSED
            assert headers or (exchange, thief.process) == ("", "documents"), "only who is called may reply"
    assert len(sent) >= 2
    letters.wait(sent, "event.forged")


def test_a_dead_letter_that_was_made_up_is_refused_when_it_is_replayed(
    thief: Thief, of_another: tuple[str, Event], letters: ForgedLetters
) -> None:
    queue, event = of_another
    forged = letters.made(thief, event)
    headers = {"x-queue": queue, "x-reason": "made up"}
    thief.publish(DEAD_LETTERS, queue.partition(".")[0], msgspec.json.encode([forged]), headers)
    letters.wait([forged], "made up")
    letters.replay(forged)
    letters.wait([forged], "event.forged")


def others(process: str) -> list[Actor]:
    """Everybody in whose name a service might act; only identity signs for people."""
    people = [role for role in Role if role not in (Role.SERVICE, Role.OPERATOR)] if process != "identity" else []
    services = [Actor(role=Role.SERVICE, subject=other) for other in CALLS if other != process]
    return [*services, Actor(role=Role.OPERATOR, subject="exploitant"), *(Actor(role=r, subject="1") for r in people)]


def methods_for(process: str, actor: Actor) -> list[Method[Any, Any]]:
    """A method of each service that the process reaches, which would answer this actor."""
    found: dict[str, Method[Any, Any]] = {}
    for api in APIS:
        for method in api.methods():
            if actor.role in method.roles and method.service in CALLS[process]:
                found[method.service] = method
    return list(found.values())


@pytest.mark.parametrize("process", [GATEWAY, *SERVICES])
def test_a_call_in_the_name_of_another_is_refused(platform: Stack, process: str) -> None:
    """Under the thief's own name as issuer, and under that of who would have to sign."""
    thief = Thief(platform, process)
    calls = [
        (method, thief.signer(issuer).sign(actor, kind=ACTOR, to=[method.service], seconds=60, now=time()))
        for actor in others(process)
        for method in methods_for(process, actor)
        for issuer in (process, issuer_for(actor))
    ]
    assert len(calls) > 2
    assert set(asyncio.run(codes_of(thief, calls))) == {"token.invalid"}
