"""Clients of people without a card: an agent of a health insurance office, and the operator."""

from chassis.tokens import Signer, issuer_for, sign_actor
from client.api_client import ApiClient
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.consent.carers import Representation
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.authority import VitaleCard
from deploy.dev.keys import OPERATORS
from deploy.dev.stack import Stack
from tests.support.people import Holder

_SECONDS = 900


def agent_client(platform: Stack) -> ApiClient:
    """A client with an agent's token, signed by the key of identity."""
    agent = Actor(role=Role.AGENT, subject="agent-1", name="Accueil CPAM")
    return ApiClient(platform.addresses.url("gateway"), _token(platform, agent))


def operators(platform: Stack, *logins: str) -> OperatorClient:
    """A client of operators, both unless it is said which, with tokens that name nobody."""
    tokens = [_token(platform, Actor(role=Role.OPERATOR, subject=login)) for login in logins or OPERATORS]
    return OperatorClient(platform.addresses.url("gateway"), *tokens)


def appoint_representative(platform: Stack, demo: DemoPeople, child: Holder, parent: VitaleCard) -> Representation:
    """Register the parent as the child's legal representative, through an agent, by the parent's card."""
    proof = demo.vitale_proof(parent)
    return agent_client(platform).name_representative(child.record, proof, "mineur", "Livret de famille n° 1234")


def _token(platform: Stack, actor: Actor) -> str:
    signer = Signer.from_file(platform.addresses.keys.signing(issuer_for(actor)))
    return sign_actor(signer, actor, seconds=_SECONDS)
