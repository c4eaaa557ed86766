"""The parking queues as an operator treats them: look without taking, send back to work, throw away."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pika

from chassis.topology import DELIVER, DELIVERY_LIMIT, dead_letter_queue, declare
from contracts.envelope import Envelope
from contracts.wiring import SERVICES

_decode = msgspec.json.Decoder(list[Envelope]).decode
_ID_LENGTH = 10


class UnknownDeadLetterError(LookupError):
    """No parked message bears this id; it was sent back or dropped, or never was."""


class NoReplayQueueError(LookupError):
    """It is not known, or no longer there, where a parked message came from; it stays parked."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One parked message.

    `id` is the same at every look; when one of several with the same body leaves, those after it are renamed.
    `queue` is where it came from, `attempts` how often it was tried there, both None where nobody noted it. `topic`
    and `event_ids` are empty where the body is not readable.
    """

    id: str
    service: str
    queue: str | None
    reason: str
    attempts: int | None
    at: datetime | None
    topic: str
    event_ids: tuple[UUID, ...]
    body: bytes


class _Fetched(NamedTuple):
    parked: DeadLetter
    tag: int
    properties: Any


class DeadLetters:
    """The parking queues of every service, on one connection that lives as long as the `with` block."""

    def __init__(self, url: str) -> None:
        self._parameters = pika.URLParameters(url)

    def __enter__(self) -> "DeadLetters":
        self._connection = pika.BlockingConnection(self._parameters)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def look(self) -> list[DeadLetter]:
        """Everything that is parked; it stays where it is."""
        with self._everything() as (_, held):
            return [one.parked for one in held]

    def find(self, parked_id: str) -> DeadLetter:
        """One message; it stays where it is.

        Raises:
            NotParkedError.
        """
        with self._everything() as (_, held):
            return _one(held, parked_id).parked

    def replay(self, parked_id: str) -> DeadLetter:
        """Send a message back to the queue it came from, its attempts forgotten; it leaves once it is there.

        A break in between leaves it in both places; its receipt makes sure that it takes effect once.

        Raises:
            NotParkedError, NoWayBackError.
        """
        with self._everything() as (channel, held):
            found = _one(held, parked_id)
            if found.parked.queue is None:
                raise NoReplayQueueError
            channel.confirm_delivery()
            properties = pika.BasicProperties(
                delivery_mode=2,
                content_type=found.properties.content_type,
                content_encoding=found.properties.content_encoding,
            )
            try:
                channel.basic_publish(DELIVER, found.parked.queue, found.parked.body, properties, mandatory=True)
            except pika.exceptions.UnroutableError:
                raise NoReplayQueueError from None
            channel.basic_ack(found.tag)
            return found.parked

    def drop(self, parked_id: str) -> DeadLetter:
        """Throw a message away.

        Raises:
            NotParkedError.
        """
        with self._everything() as (channel, held):
            found = _one(held, parked_id)
            channel.basic_ack(found.tag)
            return found.parked

    @contextmanager
    def _everything(self) -> Iterator[tuple[Any, Sequence[_Fetched]]]:
        """Hold every parked message; closing the channel puts back what was not acknowledged."""
        channel = self._connection.channel()
        try:
            declare(channel, delays=())
            yield channel, [one for service in SERVICES for one in _fetch(channel, service)]
        finally:
            channel.close()


def _fetch(channel: Any, service: str) -> Iterator[_Fetched]:
    twins: Counter[bytes] = Counter()
    while True:
        method, properties, body = channel.basic_get(dead_letter_queue(service))
        if method is None:
            return
        twins[body] += 1
        parked = _dead_letter(service, properties.headers or {}, body, twins[body])
        yield _Fetched(parked, method.delivery_tag, properties)


def _one(held: Sequence[_Fetched], parked_id: str) -> _Fetched:
    for one in held:
        if one.parked.id == parked_id:
            return one
    raise UnknownDeadLetterError(parked_id)


def _dead_letter(service: str, headers: Mapping[str, Any], body: bytes, twin: int) -> DeadLetter:
    death = _death(headers)
    events = _events(body)
    return DeadLetter(
        id=sha256(b"\0".join((service.encode(), str(twin).encode(), body))).hexdigest()[:_ID_LENGTH],
        service=service,
        queue=headers.get("x-queue") or death.get("queue"),
        reason=str(headers.get("x-reason") or death.get("reason", "")),
        attempts=headers.get("x-attempt", DELIVERY_LIMIT + 1 if death.get("reason") == "delivery_limit" else None),
        at=_moment(headers.get("x-at") or death.get("time")),
        topic=events[0].topic if events else "",
        event_ids=tuple(event.id for event in events),
        body=body,
    )


def _death(headers: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the broker noted when it parked a message itself; pauses before a new try are noted there too."""
    deaths: Sequence[Mapping[str, Any]] = headers.get("x-death") or ()
    return next((death for death in deaths if death["reason"] != "expired"), {})


def _events(body: bytes) -> list[Envelope]:
    try:
        return _decode(body)
    except msgspec.MsgspecError:
        return []


def _moment(noted: int | datetime | None) -> datetime | None:
    if isinstance(noted, datetime):
        return noted.astimezone(UTC) if noted.tzinfo else noted.replace(tzinfo=UTC)
    return None if noted is None else datetime.fromtimestamp(noted, UTC)
