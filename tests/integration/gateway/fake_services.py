"""Fake services: a real consumer on the real broker, with replies set by the test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pika
from pika.adapters.blocking_connection import BlockingChannel

from chassis.topology import RPC
from contracts.api import Method
from contracts.audit import Audit
from contracts.consent import Consent
from contracts.envelope import CallContext, RpcReply, RpcRequest
from contracts.errors import Refusal
from contracts.identity import EndedSessions, Identity
from contracts.notify import Notify
from contracts.records import Records

Answer = Callable[[Any], msgspec.Struct | None]
"""Message -> reply; None sends no reply; a Refusal may be raised."""

_METHODS: dict[str, Method[Any, Any]] = {
    method.route: method for api in (Identity, Records, Consent, Notify, Audit) for method in api.methods()
}
_ROUTES = sorted({f"{method.service}.*" for method in _METHODS.values()})


@dataclass(frozen=True)
class RecordedRequest:
    """One received RPC request."""

    route: str
    context: CallContext
    message: Any


class FakeServices:
    """All services behind one queue; `received`: the requests, in order."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url
        self._answers: dict[str, Answer] = {}
        self.received: list[RecordedRequest] = []
        self._connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
        self._channel = self._connection.channel()
        self._channel.exchange_declare(RPC, "topic", durable=True)
        self._queue = self._channel.queue_declare("", exclusive=True).method.queue
        for route in _ROUTES:
            self._channel.queue_bind(self._queue, RPC, route)
        self._channel.basic_consume(self._queue, self._take, auto_ack=True)
        self._thread = threading.Thread(target=self._channel.start_consuming, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._connection.add_callback_threadsafe(self._channel.stop_consuming)
        self._thread.join()
        self._connection.close()

    @contextmanager
    def unbound(self) -> Iterator[None]:
        """Unbind the queue, as if no service had ever been started."""
        self._bind(unbind=True)
        try:
            yield
        finally:
            self._bind(unbind=False)

    def _bind(self, *, unbind: bool) -> None:
        channel = self._channel
        done = threading.Event()

        def change() -> None:
            for route in _ROUTES:
                (channel.queue_unbind if unbind else channel.queue_bind)(self._queue, RPC, route)
            done.set()

        self._connection.add_callback_threadsafe(change)
        assert done.wait(10)

    def reset(self) -> None:
        """Remove all answers and received requests."""
        self._answers.clear()
        self.received.clear()

    def answer(self, method: Method[Any, Any], answer: msgspec.Struct | Refusal | Answer) -> None:
        """Set the answer to `method`."""
        self._answers[method.route] = answer if callable(answer) else lambda _: _as_reply(answer)

    def last(self, method: Method[Any, Any]) -> RecordedRequest:
        """The last request for `method`."""
        return [request for request in self.received if request.route == method.route][-1]

    def _take(self, channel: BlockingChannel, delivery: Any, properties: Any, body: bytes) -> None:
        request = msgspec.json.decode(body, type=RpcRequest)
        method = _METHODS[delivery.routing_key]
        message = method.decode_request(request.message)
        answer = self._answers.get(method.route)
        if method is Identity.ended_sessions:
            # The gateway polls this method independently of the test.
            answer = answer or (lambda _: EndedSessions(sessions=()))
        else:
            self.received.append(RecordedRequest(method.route, request.context, message))
        reply = _reply(answer, message) if answer else None
        if reply is not None:
            back = pika.BasicProperties(correlation_id=properties.correlation_id)
            channel.basic_publish("", properties.reply_to, msgspec.json.encode(reply), back)


def _as_reply(answer: msgspec.Struct | Refusal) -> msgspec.Struct:
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _reply(answer: Answer, message: Any) -> RpcReply | None:
    try:
        result = answer(message)
    except Refusal as refusal:
        return RpcReply(problem=refusal.problem())
    return None if result is None else RpcReply(result=msgspec.Raw(msgspec.json.encode(result)))
