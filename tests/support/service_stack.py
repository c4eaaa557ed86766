"""Single services as processes, with databases, a virtual host and a mailbox of their own."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
from pika.adapters.blocking_connection import BlockingChannel
from sqlalchemy import Connection, create_engine

from chassis.event_signatures import sign_event
from chassis.tokens import Signer, issuer_for, sign_actor
from chassis.topology import dead_letter_queue, event_queue
from client.mailbox import Mailbox
from contracts.api import Method
from contracts.audit import JournalEntry
from contracts.envelope import Actor, Envelope, Event
from deploy.dev import authority
from deploy.dev.environment import INHERITED, environment_of_service
from deploy.dev.external import ExternalServers
from deploy.dev.parts import SERVICE_MODULES
from deploy.dev.processes import Command, Processes
from deploy.dev.readiness import is_http_ready
from deploy.dev.stack import Stack
from tests.support.broker import call, open_channel, publish
from tests.support.memory import resident_kib

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

READY = "/health/ready"
SHORT_DELAYS = {"CARNET_RETRY_SECONDS": "1,1", "CARNET_TIMER_SECONDS": "1", "CARNET_DIGEST_SECONDS": "0"}
"""Settings with which no test waits for a timer or a retry much longer than a second."""


class ServiceStack:
    """Services that a test starts, with a mailbox, on servers of their own or on those that other tests use too."""

    def __init__(self, root: Path, base_port: int, servers: ExternalServers | None = None) -> None:
        self.servers = Stack(root, base_port, servers)
        self.addresses = self.servers.addresses
        self.processes = Processes(self.servers.layout)
        self.mailbox = Mailbox(self.addresses.url("mailbox"))

    def start_servers(self) -> None:
        """Make the databases and start the mailbox, and the servers that are not shared."""
        self.servers.start_servers()
        authority.prepare(self.addresses.layout.cards)

    def stop_all(self) -> None:
        """Stop all that was started."""
        self.processes.stop_all()
        self.servers.stop()

    def start(self, service: str, *, answers: str = READY, **settings: str) -> None:
        """Migrate and start a service, with these CARNET_* settings, and wait until the path `answers` gives 200."""
        environment = self.environment(service)
        environment |= {name: value for name, value in SHORT_DELAYS.items() if service in INHERITED[name]}
        environment |= {f"CARNET_{name.upper()}": value for name, value in settings.items()}
        migrate = (sys.executable, "-m", "chassis.migrate", f"services.{service}")
        self.processes.run(Command(f"migrate-{service}", migrate, environment))
        serve = (sys.executable, "-m", "chassis.run", SERVICE_MODULES[service])
        self.processes.start(Command(service, serve, environment, rank=9))
        self.processes.wait_until(service, partial(is_http_ready, self.addresses.ports[service], answers), 30)

    def environment(self, service: str) -> dict[str, str]:
        """What a service is started with, besides settings of a test."""
        return environment_of_service(service, self.addresses)

    def kill(self, service: str) -> None:
        """Kill a service, as a crash would."""
        self.processes.kill(service)

    def stop(self, service: str) -> None:
        """Stop a service in order."""
        self.processes.stop(service)

    def pid(self, name: str) -> int:
        """Of a service or a server."""
        [record] = [record for record in self.processes.records() if record.name == name]
        return record.pid

    def memory(self, service: str) -> int:
        """Resident memory of a service in KiB."""
        return resident_kib(self.pid(service))

    def log_of(self, service: str) -> str:
        """The whole log of a service."""
        return self.addresses.layout.log_of(service).read_text()

    def call(self, method: Method[Q, A], message: Q, actor: Actor) -> A:
        """Call a service as this actor; raises the refusal it answers."""
        return call(self.addresses.amqp_url, method, message, self.token(actor))

    def token(self, actor: Actor) -> str:
        """Signed by identity; that of a service or an operator by themselves."""
        return sign_actor(Signer.from_file(self.addresses.keys.signing(issuer_for(actor))), actor, seconds=300)

    def deliver(self, service: str, events: Sequence[Event], *, ids: Sequence[UUID] = ()) -> list[UUID]:
        """Put one message with these events on a service's queue; returns their ids."""
        event_ids = list(ids) or [uuid4() for _ in events]
        bundle = [
            self.signed_event(envelope(event, event_id)) for event, event_id in zip(events, event_ids, strict=True)
        ]
        self.put_message(event_queue(service, type(events[0])), msgspec.json.encode(bundle))
        return event_ids

    def signed_event(self, event: Envelope, *, by: str = "") -> Envelope:
        """An event as the outbox relay sends it, by default signed by the service that its topic names.

        A journal entry, which any service may send, is signed by records.
        """
        owner = "records" if event.topic == JournalEntry.topic else event.topic.partition(".")[0]
        return sign_event(Signer.from_file(self.addresses.keys.signing(by or owner)), event)

    def put_message(self, queue: str, body: bytes, headers: dict[str, Any] | None = None) -> None:
        """Publish a message to a queue, with confirmation."""
        publish(self.addresses.amqp_url, queue, body, headers)

    def channel(self) -> AbstractContextManager[BlockingChannel]:
        """A broker channel."""
        return open_channel(self.addresses.amqp_url)

    def dead_letters(self, service: str) -> int:
        """How many messages of a service are dead-lettered."""
        with self.channel() as channel:
            return int(channel.queue_declare(dead_letter_queue(service), passive=True).method.message_count)

    @contextmanager
    def database(self, service: str) -> Iterator[Connection]:
        """A transaction in a service's database, under the service's role."""
        url = self.addresses.database_url(service).replace("postgresql://", "postgresql+psycopg2://")
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def envelope(event: Event, event_id: UUID) -> Envelope:
    """An event as the outbox relay wraps it, before it is signed."""
    return Envelope(
        id=event_id,
        topic=event.topic,
        occurred_at=datetime.now(UTC),
        payload=msgspec.Raw(msgspec.json.encode(event)),
    )
