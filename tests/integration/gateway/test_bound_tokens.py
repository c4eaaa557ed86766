"""A proof of possession serves once at all gateways together, and none is accepted that nobody can look up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.envelope import Actor
from contracts.errors.request import NotShared, PossessionUnproven
from contracts.identity.api import Identity
from contracts.identity.oauth import ProofSpent, SpendProof
from contracts.records.api import Records
from contracts.vocabulary import Role
from tests.integration.gateway.builders import DOCUMENTS, PATIENT, TokenHolders
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway, HttpReply
from tests.support.dpop import Prover

PROVER = Prover()


@pytest.fixture(scope="module")
def other_gateway(
    broker: str,
    session_gateway: Gateway,
    session_services: FakeServices,
    session_documents: FakeDocuments,
    trusted_keys: Path,
) -> Iterator[Gateway]:
    """A second gateway of the same platform."""
    gateway = Gateway(
        amqp_url=broker,
        documents_url=session_documents.url,
        trusted_keys=trusted_keys,
        public_url=session_gateway.url,
    )
    try:
        yield gateway.wait_until()
    finally:
        gateway.end()


@pytest.fixture
def token(people: TokenHolders) -> str:
    return people.token(Actor(role=Role.APP, subject="app-3", patient=str(PATIENT), bound_to=PROVER.thumbprint))


class SpentProofs:
    """Identity's answer: each proof serves once."""

    def __init__(self) -> None:
        self._spent: set[str] = set()

    def __call__(self, message: SpendProof) -> ProofSpent:
        if message.jti in self._spent:
            raise PossessionUnproven
        self._spent.add(message.jti)
        return ProofSpent()


def ask(gateway: Gateway, token: str, proof: str) -> HttpReply:
    return gateway.request("GET", DOCUMENTS, headers={"Authorization": f"DPoP {token}", "DPoP": proof})


def proof_for(gateway: Gateway, token: str, **changed: str) -> str:
    return PROVER.proof("GET", f"{gateway.url}{DOCUMENTS}", token, **changed)


def test_a_proof_serves_once_at_all_gateways(
    gateway: Gateway, other_gateway: Gateway, services: FakeServices, token: str
) -> None:
    services.answer(Identity.spend_proof, SpentProofs())
    services.answer(Records.list_documents, NotShared())
    proof, other_proof = (proof_for(gateway, token) for _ in range(2))
    codes = [
        ask(each, token, sent).json()["code"]
        for each, sent in ((gateway, proof), (other_gateway, proof), (other_gateway, other_proof), (gateway, proof))
    ]
    assert codes == ["access.not_shared", "token.possession", "access.not_shared", "token.possession"]


def test_a_proof_that_cannot_be_looked_up_is_refused(gateway: Gateway, services: FakeServices, token: str) -> None:
    services.answer(Records.list_documents, NotShared())
    assert ask(gateway, token, proof_for(gateway, token)).status == 503
    assert [request.route for request in services.received] == [Identity.spend_proof.route]


def test_an_invalid_proof_and_a_token_bound_to_nothing_ask_identity_nothing(
    gateway: Gateway, services: FakeServices, people: TokenHolders, token: str
) -> None:
    services.answer(Records.list_documents, NotShared())
    assert ask(gateway, token, proof_for(gateway, token, htm="POST")).status == 401
    assert services.received == []
    gateway.request("GET", DOCUMENTS, token=people.patient)
    assert [request.route for request in services.received] == [Records.list_documents.route]
