"""Agents of CPAM and establishments: their organisation says who they are, and answers for them."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.request import ClientUnknown
from contracts.identity.api import Identity
from contracts.identity.apps import ClientKind
from contracts.identity.logins import LoginMethod
from contracts.identity.people import AgentAssertion, GetOrganisationStatus, OrganisationStatus, Token
from contracts.vocabulary import Act
from services.identity import client_assertions
from services.identity.access_tokens import start_session
from services.identity.client_authentication import assertion_audiences
from services.identity.context import IdentityContext
from services.identity.domain.granting import agent_actor

_REASON = "organisation"


@handles(Identity.login_agent, access=unasked(NoQuestion.PROOF, Act.CONNEXION))
def login_agent(ctx: IdentityContext, request: AgentAssertion) -> Token:
    """A token for the agent an organisation has signed for; the assertion is spent.

    Raises:
        ClientUnknown: no such organisation, suspended, or it has not signed this.
    """
    client = ctx.database.repositories.client(request.client_id)
    if client is None or client.suspended_at is not None or client.kind is not ClientKind.ORGANISATION:
        raise ClientUnknown
    assertion, login = client_assertions.read_agent(
        request.assertion, client.keys, client.client_id, assertion_audiences(ctx), ctx.now
    )
    with ctx.database.separate_transaction() as repositories:
        if not repositories.spend(assertion.replay_key, assertion.keep_until):
            raise ClientUnknown
    actor = agent_actor(client, login)
    ctx.access.actor, ctx.access.reason = actor, _REASON
    return start_session(ctx, actor, LoginMethod.ORGANISATION)


@handles(Identity.organisation_status_of, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def organisation_status_of(ctx: IdentityContext, request: GetOrganisationStatus) -> OrganisationStatus:
    """Whether what an organisation's agents requested may still take effect; an unknown one is not active."""
    client = ctx.database.repositories.client(request.client_id)
    is_active = client is not None and client.kind is ClientKind.ORGANISATION and client.suspended_at is None
    return OrganisationStatus(active=is_active)
