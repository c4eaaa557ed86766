"""A stand-in for consent: a real consumer on the real broker, with one rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import time

import msgspec

from chassis.tokens import Keyring
from contracts.consent.api import Consent
from contracts.consent.decisions import Decide, Decision, Limits, Purpose
from contracts.envelope import Actor, RpcReply, RpcRequest
from contracts.errors.request import RecordNotFound
from contracts.vocabulary import Capacity, PatientId
from deploy.dev.addresses import Addresses
from tests.support.rpc_responder import RpcResponder


class FakeConsent(RpcResponder):
    """Allows holders and their legal representatives one purpose, and refuses everything else."""

    def __init__(self, amqp_url: str, keyring: Keyring, purpose: Purpose) -> None:
        self._keyring = keyring
        self._purpose = purpose
        self._representatives: set[tuple[str, PatientId]] = set()
        super().__init__(amqp_url, (Consent.decide.route,))

    def name_representative(self, child: PatientId, parent: PatientId) -> None:
        """From now on the parent is a legal representative of the child."""
        self._representatives.add((str(parent), child))

    def reply(self, route: str, request: RpcRequest) -> RpcReply:
        actor = self._keyring.actor(request.context.token, now=time())
        decision = self._decide(actor, Consent.decide.decode_request(request.message))
        return RpcReply(result=msgspec.Raw(msgspec.json.encode(decision)))

    def _decide(self, actor: Actor, request: Decide) -> Decision:
        if request.purpose is self._purpose and actor.is_patient(request.patient_id):
            return Decision(allowed=True, reason="patient")
        if request.purpose is self._purpose and (actor.subject, request.patient_id) in self._representatives:
            capacity = Capacity.REPRESENTANT_LEGAL
            return Decision(allowed=True, reason=capacity, limits=Limits(hides_secret=True), capacity=capacity)
        return Decision(allowed=False, reason=RecordNotFound.code, refusal=RecordNotFound.code)


@contextmanager
def fake_consent(addresses: Addresses, purpose: Purpose) -> Iterator[FakeConsent]:
    """Consent for the duration of the block, on the broker of a stack."""
    keyring = Keyring.from_file("consent", addresses.keys.trusted)
    consent = FakeConsent(addresses.amqp_url, keyring, purpose)
    try:
        yield consent
    finally:
        consent.close()
