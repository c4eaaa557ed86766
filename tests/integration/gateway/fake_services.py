"""The services as the gateway hears them: a real consumer on the real broker, answering as the test says."""

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
"""Question -> answer; None keeps silent; a Refusal is raised."""

_METHODS: dict[str, Method[Any, Any]] = {
    method.route: method for api in (Identity, Records, Consent, Notify, Audit) for method in api.methods()
}
_ROUTES = sorted({f"{method.service}.*" for method in _METHODS.values()})


@dataclass(frozen=True)
class RecordedRequest:
    """One call as it arrived."""

    route: str
    context: CallContext
    question: Any


class FakeServices:
    """All services behind one queue; `asked` are the calls in their order."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url
        self._answers: dict[str, Answer] = {}
        self.asked: list[RecordedRequest] = []
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
        """Stop answering."""
        self._connection.add_callback_threadsafe(self._channel.stop_consuming)
        self._thread.join()
        self._connection.close()

    @contextmanager
    def gone(self) -> Iterator[None]:
        """For a while no service has ever been there."""
        self._bind(away=True)
        try:
            yield
        finally:
            self._bind(away=False)

    def _bind(self, *, away: bool) -> None:
        channel = self._channel
        done = threading.Event()

        def change() -> None:
            for route in _ROUTES:
                (channel.queue_unbind if away else channel.queue_bind)(self._queue, RPC, route)
            done.set()

        self._connection.add_callback_threadsafe(change)
        assert done.wait(10)

    def forget(self) -> None:
        """Back to silence, as before a test."""
        self._answers.clear()
        self.asked.clear()

    def answer(self, method: Method[Any, Any], answer: msgspec.Struct | Refusal | Answer) -> None:
        """From now on answer `method` so."""
        self._answers[method.route] = answer if callable(answer) else lambda _: _given(answer)

    def last(self, method: Method[Any, Any]) -> RecordedRequest:
        """The last call of `method`."""
        return [one for one in self.asked if one.route == method.route][-1]

    def _take(self, channel: BlockingChannel, delivery: Any, properties: Any, body: bytes) -> None:
        request = msgspec.json.decode(body, type=RpcRequest)
        method = _METHODS[delivery.routing_key]
        question = method.decode_request(request.message)
        answer = self._answers.get(method.route)
        if method is Identity.ended_sessions:
            # The gateway asks by itself, whatever the test does.
            answer = answer or (lambda _: EndedSessions(sessions=()))
        else:
            self.asked.append(RecordedRequest(method.route, request.context, question))
        reply = _reply(answer, question) if answer else None
        if reply is not None:
            back = pika.BasicProperties(correlation_id=properties.correlation_id)
            channel.basic_publish("", properties.reply_to, msgspec.json.encode(reply), back)


def _given(answer: msgspec.Struct | Refusal) -> msgspec.Struct:
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _reply(answer: Answer, question: Any) -> RpcReply | None:
    try:
        found = answer(question)
    except Refusal as refusal:
        return RpcReply(problem=refusal.problem())
    return None if found is None else RpcReply(result=msgspec.Raw(msgspec.json.encode(found)))
