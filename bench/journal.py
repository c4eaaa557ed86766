"""`python -m bench.journal`: lines a second that one audit process appends, fed by the real broker."""

import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pika
import psycopg2

from chassis.event_signatures import sign_event
from chassis.tokens import Signer
from chassis.topology import DELIVER, event_queue
from contracts.audit import JournalEntry
from contracts.envelope import Actor, Envelope
from contracts.vocabulary import Act, DocumentId, PatientId, Role
from deploy.dev.environment import environment_of_service
from deploy.dev.external import external_servers_from
from deploy.dev.parts import SERVICE_MODULES
from deploy.dev.paths import CHECKOUT
from deploy.dev.processes import Command, Processes
from deploy.dev.readiness import is_http_ready
from deploy.dev.stack import Stack

_BASE_PORT = 30_200
_PATIENTS = 5_000
_WARM_UP_LINES = 20_000
_BACKLOG = 10 * JournalEntry.bundle
"""Lines kept waiting on the queue, so that the process is never idle."""
_LOOK_SECONDS = 0.05

_DOCTOR = Actor(role=Role.PROFESSIONAL, subject="80000000019", name="Dr Rosa Lind", profession="10", structure=None)


def append_rate(stack: Stack, *, seconds: float) -> float:
    """Lines a second that the running audit service appends while its queue is never empty."""
    with psycopg2.connect(stack.addresses.database_url("audit")) as database:
        database.autocommit = True
        connection = pika.BlockingConnection(pika.URLParameters(stack.addresses.amqp_url))
        try:
            channel = connection.channel()
            signer = Signer.from_file(stack.addresses.keys.signing("records"))
            feed = partial(_feed, channel, database, signer)
            start = sent = _size(database)
            sent = feed(sent, lambda size: size >= start + _WARM_UP_LINES)
            first, began = _size(database), monotonic()
            feed(sent, lambda _: monotonic() >= began + seconds)
            return (_size(database) - first) / (monotonic() - began)
        finally:
            connection.close()


def _feed(channel: Any, database: Any, signer: Signer, sent: int, is_over: Callable[[int], bool]) -> int:
    """Keep a backlog on audit's queue until `is_over(size of the journal)`; returns the lines sent so far."""
    queue, properties = event_queue("audit", JournalEntry), pika.BasicProperties(delivery_mode=2)
    while not is_over(size := _size(database)):
        if sent - size >= _BACKLOG:
            sleep(_LOOK_SECONDS)
            continue
        while sent - size < _BACKLOG:
            channel.basic_publish(DELIVER, queue, _bundle(signer, sent), properties)
            sent += JournalEntry.bundle
    return sent


def _bundle(signer: Signer, start: int) -> bytes:
    numbers = range(start, start + JournalEntry.bundle)
    return msgspec.json.encode([sign_event(signer, _envelope(number)) for number in numbers])


def _envelope(number: int) -> Envelope:
    entry = JournalEntry.by(
        _DOCTOR,
        PatientId(UUID(int=1 + number * 7_919 % _PATIENTS)),
        Act.CONSULTATION_DOCUMENT,
        reason="autorisation",
        document_id=DocumentId(UUID(int=number)),
    )
    payload = msgspec.Raw(msgspec.json.encode(entry))
    return Envelope(id=uuid4(), topic=JournalEntry.topic, occurred_at=datetime.now(UTC), payload=payload)


def _size(database: Any) -> int:
    with database.cursor() as cursor:
        cursor.execute("SELECT size FROM tree")
        return int(cursor.fetchone()[0])


def main(seconds: float = 20.0, base_port: int = _BASE_PORT) -> None:
    """Start the servers and audit alone, measure, print, stop."""
    root = Path(CHECKOUT / "var" / "bench-journal")
    shutil.rmtree(root, ignore_errors=True)
    stack = Stack(root, base_port, external_servers_from(os.environ))
    processes = Processes(stack.layout)
    try:
        stack.start_servers()
        environment = environment_of_service("audit", stack.addresses)
        migrate = (sys.executable, "-m", "chassis.migrate", "services.audit")
        processes.run(Command("migrate-audit", migrate, environment))
        processes.start(
            Command("audit", (sys.executable, "-m", "chassis.run", SERVICE_MODULES["audit"]), environment, rank=9)
        )
        processes.wait_until("audit", partial(is_http_ready, stack.addresses.ports["audit"]), 30)
        print(f"journal: {append_rate(stack, seconds=seconds):.0f} lines/s over {seconds:.0f} s")
    finally:
        processes.stop_all()
        stack.stop()


if __name__ == "__main__":
    main()
