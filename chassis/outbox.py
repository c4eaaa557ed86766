"""The outbox: events are rows of the same transaction as the change; a relay publishes them with confirms."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import eventlet
import msgspec
import structlog
from eventlet.event import Event as Wake
from eventlet.timeout import Timeout
from pika.exceptions import AMQPError, UnroutableError
from sqlalchemy import Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from chassis import metrics
from chassis.db import separate_transaction
from chassis.event_signatures import sign_event
from chassis.live_changes import LiveChanges
from chassis.publisher import Publisher
from chassis.tokens import Signer
from chassis.topology import EVENTS
from chassis.tracing import current_traceparent
from contracts.envelope import Envelope, Event

_BATCH = 500
_IDLE_SECONDS = 1.0
_GATHER_SECONDS = 0.1
_UNROUTABLE_SECONDS = 30

INSERT = """
INSERT INTO outbox (id, topic, bundle, occurred_at, traceparent, payload)
SELECT id, topic, bundle, %(at)s, %(trace)s, payload
FROM unnest(%(ids)s::uuid[], %(topics)s::text[], %(bundles)s::int[], %(payloads)s::text[])
    AS pending (id, topic, bundle, payload)
"""
_TAKE = """
SELECT seq, id, topic, bundle, occurred_at, traceparent, payload FROM outbox
WHERE not_before IS NULL OR not_before <= now()
ORDER BY seq LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_DELETE = "DELETE FROM outbox WHERE seq = ANY(%(seqs)s)"
_POSTPONE = "UPDATE outbox SET not_before = now() + make_interval(secs => %(seconds)s) WHERE seq = ANY(%(seqs)s)"

_encode = msgspec.json.Encoder().encode


def rows(events: Sequence[Event], *, now: datetime) -> dict[str, Any]:
    """The parameters of INSERT for these events, in their order."""
    return {
        "at": now,
        "trace": current_traceparent(),
        "ids": [str(uuid4()) for _ in events],
        "topics": [event.topic for event in events],
        "bundles": [event.bundle for event in events],
        "payloads": [_encode(event).decode() for event in events],
    }


class OutboxRelay:
    """Publishes the outbox; replicas share the work and never publish the same row at the same time.

    With each batch it says to the gateways which records the units of this process changed.
    """

    def __init__(self, engine: Engine, publisher: Publisher, signer: Signer) -> None:
        self._engine = engine
        self._publisher = publisher
        self._signer = signer
        self._changes = LiveChanges(publisher, service=signer.issuer)
        self._wake = Wake()
        self._stopping = False

    def note_committed(self, events: Sequence[Event], handled: Sequence[Event]) -> None:
        """A unit has committed these events, and those of others that it acted upon: publish soon."""
        if self._changes.add(events, handled) or events:
            self.wake()

    def wake(self) -> None:
        """Publish soon."""
        if not self._wake.ready():
            self._wake.send()

    def stop(self) -> None:
        """Finish the current batch and end."""
        self._stopping = True
        self.wake()

    def run(self) -> None:
        """Publish until stopped; after an error, unconfirmed events stay in the outbox."""
        while not self._stopping:
            try:
                is_last = self._publish_batch() < _BATCH
                self._changes.announce()
                if is_last:
                    self._wait()
            except (SQLAlchemyError, AMQPError, OSError) as error:
                structlog.get_logger().warning("relay_paused", error=type(error).__name__)
                self._publisher.close()
                eventlet.sleep(_IDLE_SECONDS)

    def _wait(self) -> None:
        with Timeout(_IDLE_SECONDS, False):
            self._wake.wait()
            # Wait for further commits: a batch of many costs hardly more than a batch of one.
            eventlet.sleep(_GATHER_SECONDS)
        self._wake = Wake()
        self._publisher.keep_alive()

    def _publish_batch(self) -> int:
        with separate_transaction(self._engine) as connection:
            rows = connection.exec_driver_sql(_TAKE, {"limit": _BATCH}).all()
            sent: list[int] = []
            unroutable: list[int] = []
            for bundle in _bundles(rows):
                seqs = [row.seq for row in bundle]
                (sent if self._send(bundle) else unroutable).extend(seqs)
            if sent:
                connection.exec_driver_sql(_DELETE, {"seqs": sent})
            if unroutable:
                connection.exec_driver_sql(_POSTPONE, {"seqs": unroutable, "seconds": _UNROUTABLE_SECONDS})
        return len(rows)

    def _send(self, bundle: Sequence["Row[tuple[object, ...]]"]) -> bool:
        topic = bundle[0].topic
        try:
            signed = [sign_event(self._signer, _envelope(row)) for row in bundle]
            self._publisher.publish(EVENTS, topic, _encode(signed))
        except UnroutableError:
            structlog.get_logger().error("event_unroutable", name=topic)
            return False
        metrics.OUTBOX_SENT.labels(topic).inc(len(bundle))
        return True


def _bundles(rows: Iterable["Row[tuple[object, ...]]"]) -> Iterator[list["Row[tuple[object, ...]]"]]:
    """Group rows into messages by topic, in order, up to the topic's limit of events per message."""
    open_bundles: dict[str, list[Row[tuple[object, ...]]]] = {}
    for row in rows:
        bundle = open_bundles.setdefault(row.topic, [])
        bundle.append(row)
        if len(bundle) >= row.bundle:
            yield open_bundles.pop(row.topic)
    yield from open_bundles.values()


def _envelope(row: "Row[tuple[object, ...]]") -> Envelope:
    return Envelope(
        id=row.id if isinstance(row.id, UUID) else UUID(row.id),
        topic=row.topic,
        occurred_at=row.occurred_at,
        payload=msgspec.Raw(row.payload.encode()),
        traceparent=row.traceparent,
    )
