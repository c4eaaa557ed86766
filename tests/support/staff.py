"""Those who have no card to log in with: the agent of a reception desk, and whoever operates the platform."""

from typing import Any

from chassis.tokens import ISSUER_OF_OPERATORS, ISSUER_OF_PEOPLE, Signer, sign_actor
from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.authority import VitaleCard
from deploy.dev.stack import Stack
from tests.support.people import Holder

_SECONDS = 900


class Operator(ApiClient):
    """Whoever operates the platform."""

    def suspend(self, record: str) -> dict[str, Any]:
        """Shut a record on suspicion of fraud."""
        return self._answer("PUT", f"/operator/records/{record}/suspension")

    def resume(self, record: str) -> dict[str, Any]:
        """Let it live on."""
        return self._answer("DELETE", f"/operator/records/{record}/suspension")


def agent(platform: Stack) -> ApiClient:
    """An agent, by the word of identity, as a reception desk's own login would give it."""
    client = ApiClient(platform.addresses.url("gateway"))
    client.carry(_token(platform, ISSUER_OF_PEOPLE, Actor(role=Role.AGENT, subject="agent-1", name="Accueil CPAM")))
    return client


def operator(platform: Stack) -> Operator:
    """An operator, by the host's own key."""
    client = Operator(platform.addresses.url("gateway"))
    client.carry(_token(platform, ISSUER_OF_OPERATORS, Actor(role=Role.OPERATOR, subject="exploitant")))
    return client


def represented(platform: Stack, demo: DemoPeople, child: Holder, parent: VitaleCard) -> dict[str, Any]:
    """The parent filed as the child's legal representative, both cards and the family record on the desk."""
    proof = demo.vitale_proof(parent)
    return agent(platform).name_representative(child.record, proof, "mineur", "Livret de famille n° 1234")


def _token(platform: Stack, issuer: str, actor: Actor) -> str:
    signer = Signer.from_file(platform.addresses.keys.signing(issuer))
    return sign_actor(signer, actor, seconds=_SECONDS)
