"""The journal entries that services publish, received on a queue of the test's own, with the trace of each."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pika

from chassis.topology import EVENTS
from contracts.audit import JournalEntry
from contracts.envelope import Envelope
from contracts.wiring import SERVICES
from deploy.dev.stack import Stack
from tests.support.clock import run_sql
from tests.support.waiting import wait_until

_decode_bundle = msgspec.json.Decoder(list[Envelope]).decode
_decode_entry = msgspec.json.Decoder(JournalEntry).decode
_WAITING = "SELECT traceparent FROM outbox WHERE topic = %(topic)s"


def trace_of(traceparent: str) -> str:
    """The trace id in a W3C traceparent."""
    return traceparent.split("-")[1] if traceparent else ""


class EntryQueue:
    """Receives the entries of all services from now on."""

    def __init__(self, platform: Stack, channel: Any) -> None:
        self._platform = platform
        self._channel = channel
        self._queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(self._queue, EVENTS, JournalEntry.topic)

    def entries(self, traces: Iterable[str]) -> dict[str, list[JournalEntry]]:
        """The entries of these traces, once none of them waits in an outbox; a confirmed message is in the queue."""
        wanted = frozenset(traces)
        wait_until(lambda: not self._waiting() & wanted, "the entries have left the outboxes")
        found: dict[str, list[JournalEntry]] = {trace: [] for trace in wanted}
        for envelope in self._received():
            trace = trace_of(envelope.traceparent)
            if trace in wanted:
                found[trace].append(_decode_entry(envelope.payload))
        return found

    def _waiting(self) -> set[str]:
        rows = [
            row
            for service in SERVICES
            for row in run_sql(self._platform, service, _WAITING, topic=JournalEntry.topic)
        ]
        return {trace_of(traceparent) for (traceparent,) in rows}

    def _received(self) -> Iterator[Envelope]:
        while (message := self._channel.basic_get(self._queue, auto_ack=True))[0] is not None:
            yield from _decode_bundle(message[2])


@contextmanager
def entry_queue(platform: Stack) -> Iterator[EntryQueue]:
    """A queue that exists during the block."""
    parameters = pika.URLParameters(platform.addresses.amqp_url)
    # Nobody answers the broker's heartbeats while the scenario runs.
    parameters.heartbeat = 0
    connection = pika.BlockingConnection(parameters)
    try:
        yield EntryQueue(platform, connection.channel())
    finally:
        connection.close()
