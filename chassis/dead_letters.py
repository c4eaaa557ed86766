"""Dead letters for operators: list, replay, drop."""

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

from chassis.broker_address import pika_parameters
from chassis.topology import DELIVER, DELIVERY_LIMIT, dead_letter_queue
from contracts.envelope import Envelope
from contracts.wiring import SERVICES

_decode = msgspec.json.Decoder(list[Envelope]).decode
_ID_LENGTH = 10


class UnknownDeadLetterError(LookupError):
    """No dead letter has this id: it was replayed or dropped, or never existed."""


class NoReplayQueueError(LookupError):
    """The queue of a dead letter is unknown or no longer exists; the dead letter stays."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead-lettered message.

    `id` is stable; of several messages with the same body, the later ones get new ids when an earlier one leaves.
    `queue`: where it came from; `attempts`: how often it was tried there; both None where they were not recorded.
    `topic` and `event_ids` are empty where the body cannot be decoded.
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
    letter: DeadLetter
    tag: int
    properties: Any


class DeadLetters:
    """The dead letters of all services, on a connection that is open inside the `with` block."""

    def __init__(self, url: str, ca_file: str = "") -> None:
        self._parameters = pika_parameters(url, ca_file)

    def __enter__(self) -> "DeadLetters":
        self._connection = pika.BlockingConnection(self._parameters)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def look(self) -> list[DeadLetter]:
        """All dead letters; they stay in their queues."""
        with self._everything() as (_, held):
            return [fetched.letter for fetched in held]

    def find(self, letter_id: str) -> DeadLetter:
        """A dead letter, which stays in its queue.

        Raises:
            UnknownDeadLetterError.
        """
        with self._everything() as (_, held):
            return _find(held, letter_id).letter

    def replay(self, letter_id: str) -> DeadLetter:
        """Send a message back to the queue it came from, its attempts reset; then remove the dead letter.

        A failure in between leaves it in both queues; its receipt makes sure that it takes effect once.

        Raises:
            UnknownDeadLetterError, NoReplayQueueError.
        """
        with self._everything() as (channel, held):
            found = _find(held, letter_id)
            if found.letter.queue is None:
                raise NoReplayQueueError
            channel.confirm_delivery()
            properties = pika.BasicProperties(
                delivery_mode=2,
                content_type=found.properties.content_type,
                content_encoding=found.properties.content_encoding,
            )
            try:
                channel.basic_publish(DELIVER, found.letter.queue, found.letter.body, properties, mandatory=True)
            except pika.exceptions.UnroutableError:
                raise NoReplayQueueError from None
            channel.basic_ack(found.tag)
            return found.letter

    def drop(self, letter_id: str) -> DeadLetter:
        """Delete a message.

        Raises:
            UnknownDeadLetterError.
        """
        with self._everything() as (channel, held):
            found = _find(held, letter_id)
            channel.basic_ack(found.tag)
            return found.letter

    @contextmanager
    def _everything(self) -> Iterator[tuple[Any, Sequence[_Fetched]]]:
        """Fetch all dead letters; closing the channel requeues those that were not acknowledged."""
        channel = self._connection.channel()
        try:
            yield channel, [fetched for service in SERVICES for fetched in _fetch(channel, service)]
        finally:
            channel.close()


def _fetch(channel: Any, service: str) -> Iterator[_Fetched]:
    copies: Counter[bytes] = Counter()
    while True:
        method, properties, body = channel.basic_get(dead_letter_queue(service))
        if method is None:
            return
        copies[body] += 1
        letter = _dead_letter(service, properties.headers or {}, body, copies[body])
        yield _Fetched(letter, method.delivery_tag, properties)


def _find(held: Sequence[_Fetched], letter_id: str) -> _Fetched:
    for fetched in held:
        if fetched.letter.id == letter_id:
            return fetched
    raise UnknownDeadLetterError(letter_id)


def _dead_letter(service: str, headers: Mapping[str, Any], body: bytes, copy: int) -> DeadLetter:
    death = _death(headers)
    events = _events(body)
    return DeadLetter(
        id=sha256(b"\0".join((service.encode(), str(copy).encode(), body))).hexdigest()[:_ID_LENGTH],
        service=service,
        queue=headers.get("x-queue") or death.get("queue"),
        reason=str(headers.get("x-reason") or death.get("reason", "")),
        attempts=headers.get("x-attempt", DELIVERY_LIMIT + 1 if death.get("reason") == "delivery_limit" else None),
        at=_timestamp(headers.get("x-at") or death.get("time")),
        topic=events[0].topic if events else "",
        event_ids=tuple(event.id for event in events),
        body=body,
    )


def _death(headers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The broker's header where it dead-lettered the message itself; delays before a retry have headers too."""
    deaths: Sequence[Mapping[str, Any]] = headers.get("x-death") or ()
    return next((death for death in deaths if death["reason"] != "expired"), {})


def _events(body: bytes) -> list[Envelope]:
    try:
        return _decode(body)
    except msgspec.MsgspecError:
        return []


def _timestamp(value: int | datetime | None) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return None if value is None else datetime.fromtimestamp(value, UTC)
