"""Single services as processes on servers of their own: broker, databases and mailbox."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
import pika
import requests
from sqlalchemy import Connection, create_engine

from chassis.bus import Bus
from chassis.tokens import Signer, sign_actor
from chassis.topology import DELIVER, event_queue
from contracts.api import Method
from contracts.envelope import Actor, Envelope, Event
from contracts.vocabulary import Role
from deploy.dev import authority
from deploy.dev.environment import environment_of_service
from deploy.dev.parts import SERVICE_MODULES
from deploy.dev.processes import Command, Processes
from deploy.dev.readiness import is_http_ready
from deploy.dev.stack import Stack
from tests.support.memory import resident_kib

T = TypeVar("T")
Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_RETRIES = {"CARNET_RETRY_SECONDS": "1,1"}


class ServiceStack:
    """Servers, and the services that a test starts on them."""

    def __init__(self, root: Path, base_port: int) -> None:
        self.servers = Stack(root, base_port)
        self.addresses = self.servers.addresses
        self.processes = Processes(self.servers.layout)

    def start_servers(self) -> None:
        """Start broker, databases and mailbox."""
        self.servers.start_servers()
        authority.prepare(self.addresses.layout.cards)

    def stop_all(self) -> None:
        """Stop services and servers."""
        self.processes.stop_all()
        self.servers.stop()

    def start(self, service: str, **settings: str) -> None:
        """Migrate and start a service, with these CARNET_* settings, and wait until it is ready."""
        environment = environment_of_service(service, self.addresses) | _RETRIES
        environment |= {f"CARNET_{name.upper()}": value for name, value in settings.items()}
        migrate = (sys.executable, "-m", "chassis.migrate", f"services.{service}")
        self.processes.run(Command(f"migrate-{service}", migrate, environment))
        serve = (sys.executable, "-m", "chassis.run", SERVICE_MODULES[service])
        self.processes.start(Command(service, serve, environment, rank=9))
        self.processes.wait_until(service, partial(is_http_ready, self.addresses.ports[service]), 30)

    def kill(self, service: str) -> None:
        """Kill a service, as a crash would."""
        self.processes.kill(service)

    def stop(self, service: str) -> None:
        """Stop a service in order."""
        self.processes.stop(service)

    def memory(self, service: str) -> int:
        """Resident memory of a service, in MB."""
        [record] = [record for record in self.processes.records() if record.name == service]
        return resident_kib(record.pid) // 1024

    def log_of(self, service: str) -> str:
        """The whole log of a service."""
        return self.addresses.layout.log_of(service).read_text()

    def call(self, method: Method[Q, A], message: Q, actor: Actor) -> A:
        """Call a service as this actor; raises the refusal it answers."""

        async def call() -> A:
            bus = await Bus.connect(self.addresses.amqp_url)
            try:
                return await bus.call(method, message, token=self.token(actor))
            finally:
                await bus.close()

        return asyncio.run(call())

    def token(self, actor: Actor) -> str:
        """Signed by identity; that of a service by itself, that of an operator by the operator's key."""
        issuer = {Role.SERVICE: actor.subject, Role.OPERATOR: "operator"}.get(actor.role, "identity")
        return sign_actor(Signer.from_file(self.addresses.keys.signing(issuer)), actor, seconds=300)

    def deliver(self, service: str, events: Sequence[Event], *, ids: Sequence[UUID] = ()) -> list[UUID]:
        """Put one message with these events on a service's queue; returns their ids."""
        event_ids = list(ids) or [uuid4() for _ in events]
        bundle = [envelope(event, event_id) for event, event_id in zip(events, event_ids, strict=True)]
        self.put(event_queue(service, type(events[0])), msgspec.json.encode(bundle))
        return event_ids

    def put(self, queue: str, body: bytes, headers: dict[str, Any] | None = None) -> None:
        """Publish a message to a queue, with confirmation."""
        with self.channel() as channel:
            channel.confirm_delivery()
            properties = pika.BasicProperties(
                delivery_mode=2, headers=headers, content_type="application/data", content_encoding="binary"
            )
            channel.basic_publish(DELIVER, queue, body, properties, mandatory=True)

    @contextmanager
    def channel(self) -> Iterator[Any]:
        """A broker channel."""
        connection = pika.BlockingConnection(pika.URLParameters(self.addresses.amqp_url))
        try:
            yield connection.channel()
        finally:
            connection.close()

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

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Messages that the mailbox received for an address, newest first."""
        answer = requests.get(f"{self.addresses.url('mailbox')}/messages.json", params={"to": to}, timeout=5)
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def set_outage(self, **away: bool) -> None:
        """Make providers unavailable, or available again: `sms`, `mail`."""
        requests.post(f"{self.addresses.url('mailbox')}/outage", json=away, timeout=5).raise_for_status()


def envelope(event: Event, event_id: UUID) -> Envelope:
    """An event as the outbox relay wraps it."""
    return Envelope(
        id=event_id,
        topic=event.topic,
        occurred_at=datetime.now(UTC),
        payload=msgspec.Raw(msgspec.json.encode(event)),
    )


def wait_for(look: Callable[[], T], *, seconds: float = 20) -> T:
    """Poll until the result is true; AssertionError if it is not in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(0.05)
    return found
