"""Clients with tokens that a test signs: agents, the operator, patients and apps without a login."""

import json

from joserfc.jwk import ECKey

from chassis.tokens import Signer, issuer_for, sign_actor
from client.api_client import ApiClient
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.consent.representations import Representation
from contracts.envelope import Actor
from contracts.identity.apps import ClientKind
from contracts.vocabulary import Role
from deploy.dev.authority import VitaleCard
from deploy.dev.keys import OPERATORS
from deploy.dev.stack import Stack
from tests.support.apps import register_app
from tests.support.people import Holder

_SECONDS = 900


AGENT, COLLEAGUE, STRANGER = "cpam-essai:accueil.1", "cpam-essai:accueil.2", "clinique-essai:accueil.1"
"""Subjects of agents: two of one organisation, one of another."""

BIRTH_EVIDENCE = {
    "evidence_kind": "livret_de_famille",
    "evidence_on": "2019-05-04",
    "evidence": "Livret de famille n° 1234",
}
JUDGMENT = {"evidence_kind": "jugement", "evidence_on": "2026-02-12", "evidence": "TJ Nantes, RG 26/00123"}


def agent_client(platform: Stack, subject: str = AGENT) -> ApiClient:
    """A client with an agent's token, signed by the key of identity."""
    agent = Actor(role=Role.AGENT, subject=subject, name="Accueil CPAM")
    return ApiClient(platform.addresses.url("gateway"), _token(platform, agent))


def operators(platform: Stack, *logins: str) -> OperatorClient:
    """A client of operators, both unless it is said which, with tokens that name nobody."""
    tokens = [_token(platform, Actor(role=Role.OPERATOR, subject=login)) for login in logins or OPERATORS]
    return OperatorClient(platform.addresses.url("gateway"), *tokens)


def patient_client(platform: Stack, record: str) -> ApiClient:
    """A client with the token of the holder of that record, signed by the key of identity."""
    holder = Actor(role=Role.PATIENT, subject=record)
    return ApiClient(platform.addresses.url("gateway"), _token(platform, holder))


def app_client(platform: Stack, app: str, record: str, *, representative: str = "") -> ApiClient:
    """A client with the token of an app for all that the holder, or that representative, granted it."""
    actor = Actor(role=Role.APP, subject=app, patient=record, representative=representative, scopes="patient/*.rs")
    return ApiClient(platform.addresses.url("gateway"), _token(platform, actor))


def appoint_representative(platform: Stack, demo: DemoPeople, child: Holder, parent: VitaleCard) -> Representation:
    """Make the parent the child's legal representative: one agent requests it by their card, another confirms it."""
    requested = request_representative(platform, demo, child, parent)
    agent_client(platform, COLLEAGUE).confirm_representation(child.record, requested.representative)
    return requested


def register_organisation(operator: OperatorClient, client_id: str) -> None:
    """Register the organisation that agents with subjects `client_id:login` come from."""
    keys = json.dumps({"keys": [ECKey.generate_key("P-256", {"kid": "k"}).as_dict(private=False)]})
    terms = {"name": "CPAM", "redirect_uris": (), "scopes": "", "keys": keys}
    register_app(operator, client_id=client_id, kind=ClientKind.ORGANISATION, **terms)


def request_representative(
    platform: Stack, demo: DemoPeople, child: Holder, parent: VitaleCard, *, by: str = AGENT
) -> Representation:
    """One agent alone requests that the parent represent the child."""
    proof = demo.vitale_proof(parent)
    return agent_client(platform, by).name_representative(child.record, proof, "mineur", BIRTH_EVIDENCE)


def dismiss_representative(platform: Stack, record: str, representative: str) -> None:
    """End a representation: an agent requests it, another confirms."""
    agent_client(platform).request_end_of_representation(record, representative, JUDGMENT)
    agent_client(platform, COLLEAGUE).confirm_representation(record, representative, ends=True)


def _token(platform: Stack, actor: Actor) -> str:
    signer = Signer.from_file(platform.addresses.keys.signing(issuer_for(actor)))
    return sign_actor(signer, actor, seconds=_SECONDS)
