"""Clients of people without a card: an agent of a health insurance office, and the operator."""

from chassis.tokens import ISSUER_OF_OPERATORS, ISSUER_OF_PEOPLE, Signer, sign_actor
from client.api_client import ApiClient
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.consent.carers import Representation
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.authority import VitaleCard
from deploy.dev.stack import Stack
from tests.support.people import Holder

_SECONDS = 900


def agent_client(platform: Stack) -> ApiClient:
    """A client with an agent's token, signed by the key of identity."""
    agent = Actor(role=Role.AGENT, subject="agent-1", name="Accueil CPAM")
    return ApiClient(platform.addresses.url("gateway"), _token(platform, ISSUER_OF_PEOPLE, agent))


def operator_without_name(platform: Stack) -> OperatorClient:
    """A client with an operator's token that names nobody, signed by the operators' key."""
    operator = Actor(role=Role.OPERATOR, subject="exploitant")
    return OperatorClient(platform.addresses.url("gateway"), _token(platform, ISSUER_OF_OPERATORS, operator))


def appoint_representative(platform: Stack, demo: DemoPeople, child: Holder, parent: VitaleCard) -> Representation:
    """Register the parent as the child's legal representative, through an agent, by the parent's card."""
    proof = demo.vitale_proof(parent)
    return agent_client(platform).name_representative(child.record, proof, "mineur", "Livret de famille n° 1234")


def _token(platform: Stack, issuer: str, actor: Actor) -> str:
    signer = Signer.from_file(platform.addresses.keys.signing(issuer))
    return sign_actor(signer, actor, seconds=_SECONDS)
