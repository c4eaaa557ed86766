"""A stand-in for consent: a real consumer on the real broker, with one rule."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import time
from typing import Any

import msgspec
import pika
from pika.adapters.blocking_connection import BlockingChannel

from chassis.tokens import Keyring
from chassis.topology import RPC
from contracts.consent import Consent, Decide, Decision, Limits, Purpose
from contracts.envelope import Actor, RpcReply, RpcRequest
from contracts.errors import RecordNotFound
from contracts.vocabulary import Capacity, PatientId


class FakeConsent:
    """Allows holders and their legal representatives one purpose, and refuses everything else."""

    def __init__(self, amqp_url: str, keyring: Keyring, purpose: Purpose) -> None:
        self._keyring = keyring
        self._purpose = purpose
        self._representatives: set[tuple[str, PatientId]] = set()
        self._connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
        self._channel = self._connection.channel()
        self._channel.exchange_declare(RPC, "topic", durable=True)
        self._queue = self._channel.queue_declare("", exclusive=True).method.queue
        self._channel.queue_bind(self._queue, RPC, Consent.decide.route)
        self._channel.basic_consume(self._queue, self._take, auto_ack=True)
        self._thread = threading.Thread(target=self._channel.start_consuming, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._connection.add_callback_threadsafe(self._channel.stop_consuming)
        self._thread.join()
        self._connection.close()

    def name_representative(self, child: PatientId, parent: PatientId) -> None:
        """From now on the parent is a legal representative of the child."""
        self._representatives.add((str(parent), child))

    @contextmanager
    def unavailable(self) -> Iterator[None]:
        """Within, nobody answers."""
        self._change_binding(self._channel.queue_unbind)
        try:
            yield
        finally:
            self._change_binding(self._channel.queue_bind)

    def _change_binding(self, change: Any) -> None:
        done = threading.Event()

        def apply() -> None:
            change(self._queue, RPC, Consent.decide.route)
            done.set()

        self._connection.add_callback_threadsafe(apply)
        assert done.wait(10)

    def _take(self, channel: BlockingChannel, _delivery: Any, properties: Any, body: bytes) -> None:
        request = msgspec.json.decode(body, type=RpcRequest)
        actor = self._keyring.actor(request.context.token, now=time())
        decision = self._decide(actor, Consent.decide.decode_request(request.message))
        reply = RpcReply(result=msgspec.Raw(msgspec.json.encode(decision)))
        back = pika.BasicProperties(correlation_id=properties.correlation_id)
        channel.basic_publish("", properties.reply_to, msgspec.json.encode(reply), back)

    def _decide(self, actor: Actor, request: Decide) -> Decision:
        if request.purpose is self._purpose and actor.is_patient(request.patient_id):
            return Decision(allowed=True, reason="patient")
        if request.purpose is self._purpose and (actor.subject, request.patient_id) in self._representatives:
            capacity = Capacity.REPRESENTANT_LEGAL
            return Decision(allowed=True, reason=capacity, limits=Limits(hides_secret=True), capacity=capacity)
        return Decision(allowed=False, reason=RecordNotFound.code, refusal=RecordNotFound.code)
