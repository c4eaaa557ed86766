"""Consent as audit hears it: a real consumer on the real broker that knows who represents whom."""

import threading
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
    """Lets holders and their legal representatives read journals, and nobody do anything else."""

    def __init__(self, amqp_url: str, keyring: Keyring) -> None:
        self._keyring = keyring
        self._representatives: set[tuple[str, PatientId]] = set()
        self._connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
        self._channel = self._connection.channel()
        self._channel.exchange_declare(RPC, "topic", durable=True)
        queue = self._channel.queue_declare("", exclusive=True).method.queue
        self._channel.queue_bind(queue, RPC, Consent.decide.route)
        self._channel.basic_consume(queue, self._take, auto_ack=True)
        self._thread = threading.Thread(target=self._channel.start_consuming, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._connection.add_callback_threadsafe(self._channel.stop_consuming)
        self._thread.join()
        self._connection.close()

    def name_representative(self, child: PatientId, parent: PatientId) -> None:
        """From now on this parent acts for this child."""
        self._representatives.add((str(parent), child))

    def _take(self, channel: BlockingChannel, _delivery: Any, properties: Any, body: bytes) -> None:
        request = msgspec.json.decode(body, type=RpcRequest)
        actor = self._keyring.actor(request.context.token, now=time())
        decision = self._decide(actor, Consent.decide.decode_request(request.message))
        reply = RpcReply(result=msgspec.Raw(msgspec.json.encode(decision)))
        back = pika.BasicProperties(correlation_id=properties.correlation_id)
        channel.basic_publish("", properties.reply_to, msgspec.json.encode(reply), back)

    def _decide(self, actor: Actor, asked: Decide) -> Decision:
        if asked.purpose is Purpose.READ_JOURNAL and actor.is_patient(asked.patient_id):
            return Decision(allowed=True, reason="patient")
        if asked.purpose is Purpose.READ_JOURNAL and (actor.subject, asked.patient_id) in self._representatives:
            capacity = Capacity.REPRESENTANT_LEGAL
            return Decision(allowed=True, reason=capacity, limits=Limits(hides_secret=True), capacity=capacity)
        return Decision(allowed=False, reason=RecordNotFound.code, refusal=RecordNotFound.code)
