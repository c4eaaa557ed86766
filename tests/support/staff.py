"""Clients of people without a card: an agent of a health insurance office, and the operator."""

from typing import Any

from chassis.tokens import ISSUER_OF_OPERATORS, ISSUER_OF_PEOPLE, Signer, sign_actor
from client.api_client import ApiClient
from client.people import DemoPeople
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.authority import VitaleCard
from deploy.dev.stack import Stack
from tests.support.people import Holder

_SECONDS = 900


class OperatorApiClient(ApiClient):
    def suspend(self, record: str) -> dict[str, Any]:
        """Suspend a record on suspicion of fraud."""
        return self._request_json("PUT", f"/operator/records/{record}/suspension")

    def resume(self, record: str) -> dict[str, Any]:
        """Lift the suspension."""
        return self._request_json("DELETE", f"/operator/records/{record}/suspension")


def agent_client(platform: Stack) -> ApiClient:
    """A client with an agent's token, signed by the key of identity."""
    client = ApiClient(platform.addresses.url("gateway"))
    client.set_token(
        _token(platform, ISSUER_OF_PEOPLE, Actor(role=Role.AGENT, subject="agent-1", name="Accueil CPAM"))
    )
    return client


def operator_api_client(platform: Stack) -> OperatorApiClient:
    """A client with an operator's token, signed by the operators' key."""
    client = OperatorApiClient(platform.addresses.url("gateway"))
    client.set_token(_token(platform, ISSUER_OF_OPERATORS, Actor(role=Role.OPERATOR, subject="exploitant")))
    return client


def appoint_representative(platform: Stack, demo: DemoPeople, child: Holder, parent: VitaleCard) -> dict[str, Any]:
    """Register the parent as the child's legal representative, through an agent, by the parent's card."""
    proof = demo.vitale_proof(parent)
    return agent_client(platform).name_representative(child.record, proof, "mineur", "Livret de famille n° 1234")


def _token(platform: Stack, issuer: str, actor: Actor) -> str:
    signer = Signer.from_file(platform.addresses.keys.signing(issuer))
    return sign_actor(signer, actor, seconds=_SECONDS)
