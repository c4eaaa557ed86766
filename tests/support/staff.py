"""Those who have no card to log in with: the agent of a reception desk, and whoever operates the platform."""

from typing import Any

from chassis.tokens import ISSUER_OF_OPERATORS, ISSUER_OF_PEOPLE, Signer, sign_actor
from cli.demo.cast import Cast
from cli.demo.visitor import Visitor
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.authority import VitaleCard
from deploy.dev.stack import Stack
from tests.support.people import Holder

_SECONDS = 900


class Operator(Visitor):
    """Whoever operates the platform."""

    def suspend(self, record: str) -> dict[str, Any]:
        """Shut a record on suspicion of fraud."""
        return self._answer("PUT", f"/operator/records/{record}/suspension")

    def resume(self, record: str) -> dict[str, Any]:
        """Let it live on."""
        return self._answer("DELETE", f"/operator/records/{record}/suspension")


def agent(platform: Stack) -> Visitor:
    """An agent, by the word of identity, as a reception desk's own login would give it."""
    visitor = Visitor(platform.addresses.url("gateway"))
    visitor.carry(_token(platform, ISSUER_OF_PEOPLE, Actor(role=Role.AGENT, subject="agent-1", name="Accueil CPAM")))
    return visitor


def operator(platform: Stack) -> Operator:
    """An operator, by the host's own key."""
    visitor = Operator(platform.addresses.url("gateway"))
    visitor.carry(_token(platform, ISSUER_OF_OPERATORS, Actor(role=Role.OPERATOR, subject="exploitant")))
    return visitor


def represented(platform: Stack, cast: Cast, child: Holder, parent: VitaleCard) -> dict[str, Any]:
    """The parent filed as the child's legal representative, both cards and the family record on the desk."""
    proof = cast.vitale_proof(parent)
    return agent(platform).name_representative(child.record, proof, "mineur", "Livret de famille n° 1234")


def _token(platform: Stack, issuer: str, actor: Actor) -> str:
    signer = Signer.from_file(platform.addresses.keys.signing(issuer))
    return sign_actor(signer, actor, seconds=_SECONDS)
